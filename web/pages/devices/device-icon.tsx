import { IconDeviceDesktop, IconDeviceMobile, IconDevices, IconDeviceTablet, IconTerminal2 } from '@tabler/icons-react'
import classes from './device.module.css'

const icons: Record<string, typeof IconDevices> = {
  desktop: IconDeviceDesktop,
  mobile: IconDeviceMobile,
  tablet: IconDeviceTablet,
  app: IconTerminal2,
}

export function DeviceIcon({ kind, current = false }: { kind: string; current?: boolean }) {
  const Icon = icons[kind] ?? IconDevices
  return (
    <span className={classes.icon} data-current={current || undefined}>
      <Icon size={22} stroke={1.6} aria-hidden />
    </span>
  )
}
