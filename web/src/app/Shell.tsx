import { Burger } from '@mantine/core'
import { Search } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { projectFacts } from '@/api/queries'
import { root } from '@/api/client'
import { useFormat, useMessages } from '@/i18n/language'
import { Sheet } from '@/ui/Sheet'
import { shellMessages } from './messages'
import { asides, type Place, places } from './nav'
import classes from './Shell.module.css'
import { YouMenu } from './YouMenu'

const Palette = lazy(() => import('@/palette/Palette'))

/** What stands around every screen: the rail, whose data these are and up to when. */
export function Shell(props: { actions: readonly string[]; children: ReactNode }) {
  const t = useMessages(shellMessages)
  const [path] = useLocation()
  const [open, setOpen] = useState(false)
  const [finding, setFinding] = useState(false)
  useFindKeys(setFinding)
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
        <Rail places={asides} path={path} label={t.asideMenu} />
      </aside>
      <div className={classes.column}>
        <header className={`${classes.top} no-print`}>
          <Burger size="sm" opened={open} onClick={() => setOpen(!open)} aria-label={t.menu} className={classes.burger} />
          <Whose />
          <button type="button" className={classes.find} onClick={() => setFinding(true)} aria-keyshortcuts="Control+K" aria-label={t.search}>
            <Search size={16} aria-hidden />
            <span className={classes.findWord}>{t.search}</span>
            <kbd className={classes.findWord}>Ctrl K</kbd>
          </button>
          <YouMenu />
        </header>
        <main id="content" className={classes.main}>
          {props.children}
        </main>
      </div>
      <Sheet opened={open} close={() => setOpen(false)} side="left" size={260} title={<Brand />}>
        <Rail places={shown} path={path} label={t.mainMenu} drawer />
        <Rail places={asides} path={path} label={t.asideMenu} drawer />
      </Sheet>
      {finding ? (
        <Suspense>
          <Palette actions={props.actions} close={() => setFinding(false)} />
        </Suspense>
      ) : null}
    </div>
  )
}

/** Ctrl K finds, `?` helps; the latter not where one may be writing a question mark. */
function useFindKeys(find: (open: boolean) => void) {
  const [, go] = useLocation()
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const inField = event.target instanceof HTMLElement && event.target.closest('input, textarea, select, dialog') !== null
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') find(true)
      else if (event.key === '?' && !inField) go('/help')
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [find, go])
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
