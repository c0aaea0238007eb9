import { Alert } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './notice.module.css'

/** Something worth knowing at the top of a page or form; nothing has failed. */
export function Notice({ children }: { children: ReactNode }) {
  return (
    <Alert role="status" color="pine" variant="light" icon={<IconInfoCircle aria-hidden />} classNames={classes}>
      {children}
    </Alert>
  )
}
