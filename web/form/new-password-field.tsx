import type { PasswordInputProps } from '@mantine/core'
import { text } from '../text.ts'
import { PasswordField } from './password-field.tsx'
import { excessCharacters, missingCharacters } from './password-length.ts'

interface NewPasswordFieldProps extends PasswordInputProps {
  value?: string
}

/** A password being chosen: states the rule before it is broken, and how far there is to go while typing. */
export function NewPasswordField({ value = '', ...others }: NewPasswordFieldProps) {
  return (
    <PasswordField
      {...others}
      value={value}
      autoComplete="new-password"
      description={others.error ? undefined : progress(value)}
    />
  )
}

function progress(password: string): string {
  if (password === '') return text.form.passwordRule
  const missing = missingCharacters(password)
  if (missing > 0) return text.form.passwordTooShort(missing)
  const excess = excessCharacters(password)
  return excess > 0 ? text.form.passwordTooLong(excess) : text.form.passwordLongEnough
}
