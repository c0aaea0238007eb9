import { PinInput } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { text } from '../text.ts'
import classes from './credential.module.css'

const digits = 6

interface CodeInputProps {
  label: ReactNode
  value: string
  onChange: (code: string) => void
  /** Called with all six digits, without anybody having to press a button. */
  onComplete: (code: string) => void
  problem: string | null
  busy: boolean
}

/** The six digits that an authenticator app shows, typed or pasted. Give it a new `key` to empty it and move the focus to its start. */
export function CodeInput({ label, value, onChange, onComplete, problem, busy }: CodeInputProps) {
  const id = useId()
  return (
    <div>
      <p id={`${id}-label`} className={classes.label}>
        {label}
      </p>
      <PinInput
        length={digits}
        type="number"
        size="lg"
        gap="xs"
        placeholder=""
        autoFocus
        aria-labelledby={`${id}-label`}
        aria-describedby={problem === null ? undefined : `${id}-problem`}
        className={classes.digits}
        error={problem !== null}
        readOnly={busy}
        value={value}
        onChange={onChange}
        onComplete={onComplete}
        getInputProps={(index) => ({
          'aria-label': text.code.digit(index + 1, digits),
          ...(index === 0 && { 'data-autofocus': true }),
        })}
      />
      <p role="alert" id={`${id}-problem`} className={classes.problem}>
        {problem}
      </p>
    </div>
  )
}

export const isComplete = (code: string): boolean => code.length === digits
