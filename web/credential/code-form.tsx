import { TextInput } from '@mantine/core'
import { useState } from 'react'
import form from '../form/form.module.css'
import { BusyButton } from '../shell/busy-button.tsx'
import { text } from '../text.ts'
import { CodeInput, isComplete } from './code-input.tsx'
import type { TypedCode } from './factors.ts'

interface CodeFormProps {
  kind: TypedCode['kind']
  busy: boolean
  /** Why the last code was refused. */
  problem: string | null
  submitLabel: string
  onSubmit: (typed: TypedCode) => void
}

/** Where a code is typed. Six digits are submitted as soon as they are complete. */
export function CodeForm({ kind, busy, problem, submitLabel, onSubmit }: CodeFormProps) {
  const [code, setCode] = useState('')
  const [incomplete, setIncomplete] = useState(false)
  const isApp = kind === 'authenticatorApp'
  const change = (typed: string) => {
    setCode(typed)
    setIncomplete(false)
  }
  const shown = incomplete ? (isApp ? text.code.incomplete : text.code.recoveryNeeded) : problem
  return (
    <form
      noValidate
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault()
        const ready = isApp ? isComplete(code) : code.trim() !== ''
        setIncomplete(!ready)
        if (ready) onSubmit({ kind, code })
      }}
    >
      {isApp ? (
        <CodeInput
          label={text.code.label}
          value={code}
          onChange={change}
          onComplete={(complete) => onSubmit({ kind, code: complete })}
          problem={shown}
          busy={busy}
        />
      ) : (
        <TextInput
          size="md"
          label={text.code.recovery}
          description={text.code.recoveryHint}
          name="recoveryCode"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={60}
          autoFocus
          data-autofocus
          readOnly={busy}
          error={shown}
          value={code}
          onChange={({ currentTarget }) => change(currentTarget.value)}
        />
      )}
      <BusyButton type="submit" size="md" fullWidth busy={busy} busyLabel={text.code.busy}>
        {submitLabel}
      </BusyButton>
    </form>
  )
}
