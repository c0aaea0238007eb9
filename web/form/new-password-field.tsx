import type { PasswordInputProps } from '@mantine/core'
import { text } from '../text.ts'
import { PasswordField } from './password-field.tsx'
import { fewestAlone, lengthProblem, most } from './password-length.ts'
import { type KnownWords, PasswordStrength } from './password-strength.tsx'

interface NewPasswordFieldProps extends PasswordInputProps {
  value?: string
  /** How long it has to be: shorter beside a second factor. */
  fewest?: number
  /** What whoever knows the person would try first. The server adds what it knows of somebody who is signed in. */
  known?: KnownWords
}

/** A password being chosen: states the rule before it is broken, how far there is to go, and then how strong it is. */
export function NewPasswordField({ value = '', fewest = fewestAlone, known = {}, ...others }: NewPasswordFieldProps) {
  const problem = value === '' ? text.form.passwordRule(fewest, most) : lengthProblem(value, fewest)
  return (
    <div>
      <PasswordField
        {...others}
        value={value}
        autoComplete="new-password"
        description={others.error ? undefined : problem}
      />
      <PasswordStrength password={problem === null ? value : ''} known={known} />
    </div>
  )
}
