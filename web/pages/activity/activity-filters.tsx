import { Button, NativeSelect } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useRef } from 'react'
import { text } from '../../text.ts'
import { type ActivityFilter, groupNames, periods, readFilter } from './activity-filter.ts'
import classes from './activity-filters.module.css'
import { ExportButton } from './export-button.tsx'

const everything = ''

/** Which events are shown. The choice lives in the address, so that it survives a reload and can be sent to somebody. */
export function ActivityFilters({ filter }: { filter: ActivityFilter }) {
  const show = useRef<HTMLSelectElement>(null)
  const navigate = useNavigate({ from: '/activity' })
  const choose = (choice: Record<string, string>) =>
    void navigate({ search: readFilter({ ...filter, ...choice }), replace: true, resetScroll: false })
  const isFiltered = filter.show !== undefined || filter.days !== undefined
  return (
    <div className={classes.bar}>
      <NativeSelect
        ref={show}
        label={text.activity.show}
        className={classes.choice}
        value={filter.show ?? everything}
        onChange={({ currentTarget }) => choose({ show: currentTarget.value })}
        data={[
          { value: everything, label: text.activity.groups.all },
          ...groupNames.map((name) => ({ value: name, label: text.activity.groups[name] })),
        ]}
      />
      <NativeSelect
        label={text.activity.period}
        className={classes.choice}
        value={filter.days ?? everything}
        onChange={({ currentTarget }) => choose({ days: currentTarget.value })}
        data={[
          { value: everything, label: text.activity.anyTime },
          ...periods.map((days) => ({ value: String(days), label: text.activity.lastDays(days) })),
        ]}
      />
      {isFiltered && (
        <Button
          variant="subtle"
          color="gray"
          c="var(--quiet)"
          onClick={() => {
            // The button goes with what it does.
            show.current?.focus()
            choose({ show: '', days: '' })
          }}
        >
          {text.activity.clear}
        </Button>
      )}
      <ExportButton filter={filter} />
    </div>
  )
}
