import credential from '../../credential/credential.module.css'
import form from '../../form/form.module.css'
import page from '../../shell/page.module.css'
import { PageTitle } from '../../shell/page-title.tsx'
import { text } from '../../text.ts'

interface CheckMailProps {
  email: string
  onAgain: () => void
}

/** What a sign-up ends with where accounts are made by a mailed link; the same whether the address has an account already. */
export function CheckMail({ email, onAgain }: CheckMailProps) {
  return (
    <>
      <PageTitle title={text.signUp.mailTitle} />
      <div role="status" className={`${page.card} ${form.card} ${form.form}`}>
        <p className={form.words}>{text.signUp.mailBody(email)}</p>
        <p className={form.hint}>{text.signUp.mailMissing}</p>
      </div>
      <p className={form.aside}>
        <button type="button" className={credential.way} onClick={onAgain}>
          {text.signUp.mailAgain}
        </button>
      </p>
    </>
  )
}
