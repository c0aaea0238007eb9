import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { text } from '../text.ts'

/** A password with a button to show it; pasting and password managers work. */
export function PasswordField(props: PasswordInputProps) {
  return (
    <PasswordInput
      {...props}
      visibilityToggleFocusable
      visibilityToggleButtonProps={{ 'aria-label': text.form.showPassword }}
      rightSectionWidth={44}
      // Mantine sets it on every other input.
      aria-invalid={props.error ? true : undefined}
      spellCheck={false}
      autoCapitalize="none"
    />
  )
}
