import type { Config } from '../config.ts'

/** The pages of the dashboard that mails lead to. */
type Page =
  | 'sign-in'
  | 'security'
  | 'devices'
  | 'forgot-password'
  | 'confirm-sign-up'
  | 'confirm-email'
  | 'reset-password'
  | 'set-up'

/** An address of the dashboard. A token goes into the fragment, which is sent to no server; the page presents it by a POST. */
export function pageLink({ publicUrl }: Config, page: Page, token?: string): string {
  return `${publicUrl}/${page === 'devices' ? '' : page}${token === undefined ? '' : `#${token}`}`
}
