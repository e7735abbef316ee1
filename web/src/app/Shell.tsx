import { Burger, Drawer } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { projectFacts } from '@/api/queries'
import { root } from '@/api/client'
import { useFormat, useMessages } from '@/i18n/language'
import { shellMessages } from './messages'
import { type Place, places } from './nav'
import classes from './Shell.module.css'
import { YouMenu } from './YouMenu'

/** What stands around every screen: the rail, whose data these are and up to when. */
export function Shell(props: { actions: readonly string[]; children: ReactNode }) {
  const t = useMessages(shellMessages)
  const [path] = useLocation()
  const [open, setOpen] = useState(false)
  const shown = places.filter((place) => props.actions.includes(place.needs))
  const before = useRef(path)
  useEffect(() => {
    if (before.current === path) return
    before.current = path
    setOpen(false)
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [path])
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        {t.skip}
      </a>
      <aside className={`${classes.rail} no-print`} aria-label="Shoal">
        <Brand />
        <Rail places={shown} path={path} label={t.mainMenu} />
      </aside>
      <div className={classes.column}>
        <header className={`${classes.top} no-print`}>
          <Burger size="sm" opened={open} onClick={() => setOpen(!open)} aria-label={t.menu} className={classes.burger} />
          <Whose />
          <YouMenu />
        </header>
        <main id="content" className={classes.main}>
          {props.children}
        </main>
      </div>
      <Drawer opened={open} onClose={() => setOpen(false)} size={260} title={<Brand />} closeButtonProps={{ 'aria-label': t.menu }}>
        <Rail places={shown} path={path} label={t.mainMenu} drawer />
      </Drawer>
    </div>
  )
}

function Brand() {
  return (
    <span className={classes.brand}>
      <img src={`${root}/mark.svg`} width={28} height={28} alt="" />
      <span className={classes.brandName}>Shoal</span>
    </span>
  )
}

function Rail(props: { places: readonly Place[]; path: string; label: string; drawer?: boolean }) {
  const t = useMessages(shellMessages)
  return (
    <nav aria-label={props.label}>
      <ul className={`${classes.places} ${props.drawer ? classes.inDrawer : ''}`}>
        {props.places.map((place) => {
          const here = props.path === place.path || (place.path !== '/' && props.path.startsWith(`${place.path}/`))
          const Icon = place.icon
          return (
            <li key={place.path}>
              <Link href={place.path} className={classes.place} aria-current={here ? 'page' : undefined} title={t.places[place.name]}>
                <Icon size={18} strokeWidth={1.75} aria-hidden />
                <span className={classes.placeName}>{t.places[place.name]}</span>
              </Link>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}

function Whose() {
  const t = useMessages(shellMessages)
  const format = useFormat()
  const { data } = useQuery(projectFacts)
  if (data === undefined) return <div className={classes.whose} />
  const upTo = data.latest_event_at
  return (
    <div className={classes.whose}>
      <span className={classes.project}>{data.name}</span>
      {data.sample ? (
        <span title={t.sampleWhy} className={classes.sample}>
          {t.sample}
        </span>
      ) : null}
      <span className={classes.fresh}>
        {upTo === null
          ? t.noData
          : data.now === 'clock'
            ? t.upTo(format.moment(upTo), format.ago(upTo, data.as_of))
            : t.upToPast(format.day(upTo))}
      </span>
    </div>
  )
}
