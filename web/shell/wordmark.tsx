import { text } from '../text.ts'
import classes from './wordmark.module.css'

export function Wordmark() {
  return (
    <span className={classes.wordmark}>
      <svg viewBox="0 0 32 32" className={classes.key} aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#1f6b4e" />
        <g fill="none" stroke="#f3d58e" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round">
          <circle cx="11.5" cy="16" r="4.7" />
          <path d="M16.2 16H26M22 16v4.4M26 16v3" />
        </g>
      </svg>
      {text.product}
    </span>
  )
}
