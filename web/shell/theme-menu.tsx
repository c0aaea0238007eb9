import { useMantineColorScheme } from '@mantine/core'
import { IconCheck, IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'
import { text } from '../text.ts'
import { Menu, MenuItem } from './menu.tsx'
import classes from './theme-menu.module.css'

const icons = { auto: IconDeviceDesktop, light: IconSun, dark: IconMoon }
const schemes = ['auto', 'light', 'dark'] as const

export function ThemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const Icon = icons[colorScheme]
  return (
    <Menu label={text.shell.theme} className={classes.target} button={<Icon size={20} aria-hidden />}>
      {(close) =>
        schemes.map((scheme) => (
          <MenuItem
            key={scheme}
            chosen={scheme === colorScheme}
            icon={<IconCheck size={16} aria-hidden className={classes.check} data-shown={scheme === colorScheme} />}
            onSelect={() => {
              setColorScheme(scheme)
              close()
            }}
          >
            {text.shell.themes[scheme]}
          </MenuItem>
        ))
      }
    </Menu>
  )
}
