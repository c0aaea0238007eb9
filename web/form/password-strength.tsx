import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { text } from '../text.ts'
import { client } from '../trpc.ts'
import classes from './password-strength.module.css'

const pauseMs = 300
const scores = [1, 2, 3, 4]

/** Words that make a password easy to guess for whoever knows the person. */
export interface KnownWords {
  email?: string
  name?: string
}

interface PasswordStrengthProps {
  /** The password as far as its length is right; empty otherwise. */
  password: string
  known: KnownWords
}

/** How strong the server finds a password, in words and as a bar, with its advice. Asked when the typing pauses. */
export function PasswordStrength({ password, known }: PasswordStrengthProps) {
  const [settled] = useDebouncedValue(password, pauseMs)
  const email = known.email?.trim() ?? ''
  const name = known.name?.trim() ?? ''
  const { data } = useQuery({
    queryKey: ['password-strength', settled, email, name],
    queryFn: () =>
      client.auth.passwordStrength.mutate({
        password: settled,
        ...(email !== '' && { email }),
        ...(name !== '' && { name }),
      }),
    enabled: settled !== '',
    placeholderData: (before) => before,
    staleTime: Number.POSITIVE_INFINITY,
    // The password is in the key: it is forgotten with the field.
    gcTime: 0,
    retry: false,
  })
  const strength = password === '' ? undefined : data
  return (
    <div role="status" className={classes.strength}>
      {password !== '' && (
        <>
          <div className={classes.bar} data-score={strength?.score} aria-hidden>
            {scores.map((score) => (
              <span
                key={score}
                data-filled={(strength !== undefined && Math.max(1, strength.score) >= score) || undefined}
              />
            ))}
          </div>
          <p className={classes.words}>
            {strength === undefined
              ? text.form.passwordLongEnough
              : text.form.strength(text.form.strengths[strength.score] ?? '')}{' '}
            {strength?.problem && text.fieldProblem(strength.problem)}
          </p>
        </>
      )}
    </div>
  )
}
