import { Tabs } from '@mantine/core'
import { type ReactNode, Suspense, useEffect } from 'react'
import { useSearchParams } from 'wouter'
import classes from './Parts.module.css'
import { Loading } from './States'

/**
 * The part of a screen that the address names as its `tab`, the first where it names none. Other things
 * the address says go with the part they were said of, unless they are kept.
 */
export function usePart<T extends string>(all: readonly T[], first: T, keeping = false): [T, (next: T) => void] {
  const [query, setQuery] = useSearchParams()
  const wanted = query.get('tab') as T
  const choose = (next: T) =>
    setQuery((before) => {
      const after = new URLSearchParams(keeping ? before : undefined)
      after.set('tab', next)
      return after
    })
  return [all.includes(wanted) ? wanted : first, choose]
}

/** The parts of a screen, one of them shown. */
export function Parts<T extends string>(props: {
  label: string
  names: Readonly<Record<T, string>>
  shown: readonly T[]
  part: T
  choose: (next: T) => void
  children: ReactNode
}) {
  const { part } = props
  useEffect(() => {
    const chosen = document.querySelector<HTMLElement>('[role=tab][aria-selected=true]')
    const list = chosen?.parentElement
    if (!chosen || !list) return
    // on a phone it may stand outside its row; the page itself stays where it is
    const [own, row] = [chosen.getBoundingClientRect(), list.getBoundingClientRect()]
    list.scrollLeft += own.left + own.width / 2 - row.left - row.width / 2
  }, [part])
  return (
    <Tabs
      value={part}
      onChange={(next) => next !== null && props.choose(next as T)}
      keepMounted={false}
      classNames={{ list: `${classes.list} slides`, tab: classes.tab, panel: classes.panel }}
    >
      <Tabs.List aria-label={props.label}>
        {props.shown.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {props.names[one]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={part}>
        <Suspense fallback={<Loading lines={8} />}>{props.children}</Suspense>
      </Tabs.Panel>
    </Tabs>
  )
}
