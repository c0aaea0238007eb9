import { useLocation } from '@tanstack/react-router'
import { text } from '../text.ts'
import { ButtonLink } from './button-link.tsx'
import classes from './dialog.module.css'
import { Dialog } from './dialog.tsx'
import shell from './shell.module.css'
import { Wordmark } from './wordmark.tsx'

/**
 * Stands where the page was when its session ended, with nothing of the account left behind it, and leads back to the
 * same place through the sign-in page.
 */
export function SessionEnded() {
  const { href } = useLocation()
  return (
    <>
      <header className={shell.header}>
        <div className={shell.bar}>
          <Wordmark />
        </div>
      </header>
      <Dialog role="alertdialog" title={text.ended.title} withCloseButton={false}>
        <p className={classes.body}>{text.ended.body}</p>
        <ButtonLink to="/sign-in" search={href === '/' ? {} : { next: href }} fullWidth mt="lg" data-autofocus>
          {text.ended.signIn}
        </ButtonLink>
      </Dialog>
    </>
  )
}
