import { UnstyledButton } from '@mantine/core'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import classes from './menu.module.css'

interface MenuProps {
  /** The accessible name of the button, and of the menu that it opens. */
  label: string
  /** What the button shows. */
  button: ReactNode
  className?: string | undefined
  /** What stands above the items. */
  lead?: ReactNode
  children: (close: () => void) => ReactNode
}

/**
 * A button and the menu below it, after the pattern of the ARIA practices guide: arrow keys, Home, End and first letters
 * move, Escape and Tab close. Small enough for the first page, which a general one that finds a place for itself is not.
 */
export function Menu({ label, button, className, lead, children }: MenuProps) {
  const [open, setOpen] = useState(false)
  const frame = useRef<HTMLDivElement>(null)
  const opener = useRef<HTMLButtonElement>(null)
  const id = useId()

  useEffect(() => {
    if (!open) return
    const closeBeside = (event: PointerEvent) => {
      if (event.target instanceof Node && !frame.current?.contains(event.target)) setOpen(false)
    }
    document.addEventListener('pointerdown', closeBeside)
    return () => document.removeEventListener('pointerdown', closeBeside)
  }, [open])

  const close = () => {
    setOpen(false)
    opener.current?.focus()
  }

  return (
    <div ref={frame} className={classes.frame}>
      <UnstyledButton
        ref={opener}
        className={className}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => (open ? close() : setOpen(true))}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return
          event.preventDefault()
          setOpen(true)
        }}
      >
        {button}
      </UnstyledButton>
      {open && (
        <Items
          id={id}
          label={label}
          lead={lead}
          close={close}
          onLeave={(to) => {
            if (!frame.current?.contains(to)) setOpen(false)
          }}
        >
          {children(close)}
        </Items>
      )}
    </div>
  )
}

interface ItemsProps {
  id: string
  label: string
  lead: ReactNode
  close: () => void
  onLeave: (to: Element) => void
  children: ReactNode
}

function Items({ id, label, lead, close, onLeave, children }: ItemsProps) {
  const menu = useRef<HTMLDivElement>(null)
  // Before the screen is drawn, so that no key is lost between the menu and its first item.
  useLayoutEffect(() => itemsIn(menu.current)[0]?.focus(), [])

  const onKeyDown = (event: KeyboardEvent) => {
    // Tab goes on from the button, to what follows it.
    if (event.key === 'Tab') return close()
    if (event.key === 'Escape') {
      event.preventDefault()
      return close()
    }
    const items = itemsIn(menu.current)
    const next = move(
      event.key,
      items,
      items.findIndex((item) => item.matches(':focus')),
    )
    if (next === undefined) return
    event.preventDefault()
    next.focus()
  }

  return (
    <div className={classes.panel}>
      {lead !== undefined && (
        <div id={`${id}-lead`} className={classes.lead}>
          {lead}
        </div>
      )}
      <div
        ref={menu}
        id={id}
        role="menu"
        aria-label={label}
        aria-describedby={lead === undefined ? undefined : `${id}-lead`}
        tabIndex={-1}
        className={classes.menu}
        onKeyDown={onKeyDown}
        onBlur={({ relatedTarget }) => {
          // Without a target the focus went nowhere, as when a browser gives none to a button that is pressed.
          if (relatedTarget !== null) onLeave(relatedTarget)
        }}
      >
        {children}
      </div>
    </div>
  )
}

const itemsIn = (menu: HTMLElement | null): HTMLElement[] => [
  ...(menu?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? []),
]

/** The item that a key leads to; undefined for keys that lead nowhere. */
function move(key: string, items: readonly HTMLElement[], at: number): HTMLElement | undefined {
  switch (key) {
    case 'ArrowDown':
      return items[(at + 1) % items.length]
    case 'ArrowUp':
      return items.at(at <= 0 ? -1 : at - 1)
    case 'Home':
      return items[0]
    case 'End':
      return items.at(-1)
  }
  if (key.length !== 1 || key === ' ') return undefined
  const letter = key.toLocaleLowerCase()
  return [...items.slice(at + 1), ...items.slice(0, at + 1)].find((item) =>
    item.textContent.trim().toLocaleLowerCase().startsWith(letter),
  )
}

interface MenuItemProps {
  icon?: ReactNode
  /** For one of several of which one is chosen: whether this is it. */
  chosen?: boolean
  onSelect: () => void
  children: ReactNode
}

export function MenuItem({ icon, chosen, onSelect, children }: MenuItemProps) {
  return (
    <UnstyledButton
      role={chosen === undefined ? 'menuitem' : 'menuitemradio'}
      aria-checked={chosen}
      tabIndex={-1}
      className={classes.item}
      onClick={onSelect}
    >
      {icon}
      {children}
    </UnstyledButton>
  )
}
