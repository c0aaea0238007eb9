import { text } from '../text.ts'
import { ButtonLink } from './button-link.tsx'
import classes from './page.module.css'
import { PageTitle } from './page-title.tsx'
import { Wordmark } from './wordmark.tsx'

export function MissingPage() {
  return (
    <main className={classes.alone}>
      <Wordmark />
      <PageTitle title={text.missing.title} lead={text.missing.body} />
      <ButtonLink to="/">{text.missing.home}</ButtonLink>
    </main>
  )
}
