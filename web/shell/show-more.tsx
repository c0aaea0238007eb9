import { readFailure } from '../failure.ts'
import { text } from '../text.ts'
import { BusyButton } from './busy-button.tsx'
import { InlineAlert } from './inline-alert.tsx'
import classes from './show-more.module.css'

interface ShowMoreProps {
  /** What an infinite query knows of its next page. */
  pages: {
    hasNextPage: boolean
    isFetchingNextPage: boolean
    isFetchNextPageError: boolean
    error: unknown
    fetchNextPage: () => unknown
  }
  /** How much is shown, in words. */
  shown: string
}

/** The end of a list that comes in pages: how much is there, and the rest on request. */
export function ShowMore({ pages, shown }: ShowMoreProps) {
  return (
    <div className={classes.more}>
      {pages.isFetchNextPageError && (
        <InlineAlert message={text.failure(readFailure(pages.error))} onRetry={() => void pages.fetchNextPage()} />
      )}
      {pages.hasNextPage && (
        <BusyButton
          variant="default"
          className={classes.button}
          busy={pages.isFetchingNextPage}
          busyLabel={text.more.busy}
          onClick={() => void pages.fetchNextPage()}
        >
          {text.more.show}
        </BusyButton>
      )}
      <p role="status" className={classes.count}>
        {shown}
      </p>
    </div>
  )
}
