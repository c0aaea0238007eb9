import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { readFailure } from '../../failure.ts'
import { BusyButton } from '../../shell/busy-button.tsx'
import { InlineAlert } from '../../shell/inline-alert.tsx'
import { saveFile } from '../../shell/save-file.ts'
import { toast } from '../../shell/toast.tsx'
import { text } from '../../text.ts'
import { client, type SecurityEvent } from '../../trpc.ts'
import { type ActivityFilter, toKindsAndTime } from './activity-filter.ts'
import classes from './activity-filters.module.css'
import { toCsv } from './csv.ts'

/** Saves everything that fits the filter as a file for a spreadsheet, made in the browser. */
export function ExportButton({ filter }: { filter: ActivityFilter }) {
  const save = useMutation({
    mutationFn: () => client.account.exportActivity.query(toKindsAndTime(filter, Date.now())),
    onSuccess: ({ events }) => {
      saveFile({
        name: text.activity.exportedFile(new Date().toISOString().slice(0, 10)),
        type: 'text/csv;charset=utf-8',
        // The mark tells spreadsheets that this is UTF-8.
        content: `\uFEFF${toCsv(table(events))}`,
      })
      toast(text.activity.exported(events.length))
    },
  })
  return (
    <>
      <BusyButton
        variant="default"
        className={classes.export}
        leftSection={<IconDownload size={16} aria-hidden />}
        busy={save.isPending}
        busyLabel={text.activity.exporting}
        onClick={() => save.mutate()}
      >
        {text.activity.export}
      </BusyButton>
      {save.isError && (
        <div className={classes.problem}>
          <InlineAlert message={text.failure(readFailure(save.error))} onRetry={() => save.mutate()} />
        </div>
      )}
    </>
  )
}

/** Codes as they are, for programs, next to the sentence for people. */
function table(events: readonly SecurityEvent[]): string[][] {
  return [
    text.activity.columns,
    ...events.map((event) => [
      event.createdAt,
      event.kind,
      text.activity.event({ ...event, subject: null }),
      event.reason ?? '',
      event.device ?? '',
      event.ipAddress ?? '',
    ]),
  ]
}
