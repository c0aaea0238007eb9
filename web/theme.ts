import { type CSSVariablesResolver, createTheme, localStorageColorSchemeManager } from '@mantine/core'
import classes from './theme.module.css'

/** The reader's own choice of light or dark: nothing about the session. index.html reads the same key before the first paint. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'latchkey-theme' })

const pine = [
  '#eef7f3',
  '#dcece5',
  '#b6d9ca',
  '#9ad8bd',
  '#7cc7a8',
  '#4fa883',
  '#3f9d77',
  '#2f8563',
  '#1f6b4e',
  '#17543d',
] as const

const red = [
  '#fdf1f0',
  '#f9dcd9',
  '#f1b5af',
  '#f0938a',
  '#e8776c',
  '#df5548',
  '#d9463a',
  '#c3352b',
  '#b02a21',
  '#8c1d16',
] as const

const gray = [
  '#f8f7f5',
  '#f2f0ec',
  '#e6e3dd',
  '#d8d4cc',
  '#bdb8af',
  '#98938a',
  '#6f6b64',
  '#55524c',
  '#3a3834',
  '#23221f',
] as const

const dark = [
  '#e7eae8',
  '#c3c7c5',
  '#a6a7ab',
  '#767d79',
  '#3d4340',
  '#2b312e',
  '#222725',
  '#191d1b',
  '#141816',
  '#111413',
] as const

export const theme = createTheme({
  colors: { pine, red, gray, dark },
  primaryColor: 'pine',
  primaryShade: 8,
  autoContrast: true,
  luminanceThreshold: 0.179,
  black: '#1c211f',
  fontFamily:
    "Inter, -apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif",
  fontSizes: { xs: '0.8125rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  radius: { xs: '0.25rem', sm: '0.375rem', md: '0.5rem', lg: '0.75rem', xl: '1rem' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  // Plain objects rather than `Modal.extend(…)`: the theme is in the first script, and would bring every component with it.
  components: {
    Button: { defaultProps: { fw: 600 }, classNames: { root: classes.button } },
    Input: { classNames: { input: classes.input } },
    InputWrapper: {
      defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] },
      classNames: { label: classes.label, description: classes.description, error: classes.error },
    },
    PasswordInput: {
      classNames: { visibilityToggle: classes.visibility, input: classes.input, innerInput: classes.innerInput },
    },
    CloseButton: { classNames: { root: classes.close } },
    Checkbox: { classNames: { input: classes.checkbox } },
  },
})

/** Ties Mantine's own variables to the colours of theme.css. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--page)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--quiet)',
    '--mantine-color-placeholder': 'var(--quiet)',
    '--mantine-color-error': 'var(--danger)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--soft-edge)',
  }
  return { variables: {}, light: shared, dark: shared }
}
