import { useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { text } from '../text.ts'
import classes from './page.module.css'

interface PageTitleProps {
  title: string
  lead?: string
}

/**
 * The h1 of a page. Names the document and, after a navigation within the dashboard, takes the focus, so that a screen
 * reader says where one has arrived. The first page of a visit leaves the focus to the browser.
 */
export function PageTitle({ title, lead }: PageTitleProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const { history } = useRouter()

  useEffect(() => {
    document.title = text.pageTitle(title)
    if (history.location.state.__TSR_index > 0) heading.current?.focus({ preventScroll: true })
  }, [title, history])

  return (
    <header>
      <h1 ref={heading} tabIndex={-1} id="page-title" className={classes.title}>
        {title}
      </h1>
      {lead !== undefined && <p className={classes.lead}>{lead}</p>}
    </header>
  )
}
