import { text } from '../text.ts'

/** What is wrong with an e-mail address at a glance, or null. The server decides. */
export function emailProblem(email: string): string | null {
  if (email.trim() === '') return text.form.emailNeeded
  return /^\S+@\S+\.\S+$|^\S+@localhost$/.test(email.trim()) ? null : text.form.emailInvalid
}
