import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { Shapes } from '@/api/client'
import { addressOf } from '@/app/address'
import { latestSizes, projectFacts, segmentList, segmentSizes } from '@/api/queries'
import { Spark } from '@/charts/Spark'
import { useFormat, useMessages } from '@/i18n/language'
import { Card, Page, Section } from '@/ui/Page'
import { Answered, EmptyState, Loading } from '@/ui/States'
import classes from './Home.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { type Mover, movers, WEEKS } from './movers'
import { Attention, Campaigns, Next, Trust } from './Side'

const FirstRun = lazy(() => import('./FirstRun'))
const SHOWN = 6
/** Milliseconds of counting from which on what was counted last is shown meanwhile. */
const PATIENCE = 700
/** From here on a percentage says less than the two numbers. */
const MANIFOLD = 3

/** What changed, and what should I do? */
export default function Home() {
  const t = useMessages({ en, pt })
  const facts = useQuery(projectFacts)
  return (
    <Answered query={facts} loading={<Page title={t.title}><Loading lines={8} /></Page>}>
      {(project) =>
        project.events === 0 ? (
          <Suspense fallback={<Page title={t.title}><Loading lines={8} /></Page>}>
            <FirstRun />
          </Suspense>
        ) : (
          <Filled project={project} />
        )
      }
    </Answered>
  )
}

function Filled(props: { project: Shapes['ProjectFacts'] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const list = useQuery(segmentList())
  const sizes = useSizes()
  const found = list.data && sizes.data ? movers(list.data, sizes.data.sizes) : undefined
  const since = sizes.data?.instants.at(-1 - WEEKS)
  const grown = found?.filter((one) => one.change > 0).length ?? 0
  const lead =
    found && since
      ? t.lead(format.shortDay(since), format.day(props.project.as_of), format.number(grown), format.number(found.length - grown))
      : (list.error ?? sizes.error)
        ? undefined
        : '\u00a0'
  return (
    <Page title={t.title} lead={lead}>
      <div className={classes.columns}>
        <Section title={t.moved} lead={t.movedLead}>
          <Card flush>
            <Answered query={list} loading={<div className={classes.row}><Loading lines={8} height={28} /></div>}>
              {(rows) => (
                <Answered query={sizes} loading={<div className={classes.row}><Loading lines={8} height={28} /></div>}>
                  {({ isLatest, instants }) => (
                    <div aria-busy={isLatest}>
                      {isLatest ? <p role="status" className={classes.quietRow}>{t.counting(format.moment(instants.at(-2) ?? ''))}</p> : null}
                      <Moved segments={rows.length} found={found ?? []} />
                    </div>
                  )}
                </Answered>
              )}
            </Answered>
          </Card>
        </Section>
        <div className={classes.side}>
          <Attention />
          <Campaigns />
          <Trust project={props.project} />
          <Next project={props.project} />
        </div>
      </div>
    </Page>
  )
}

/** The sizes; while counting takes long, those of before as they were counted last. */
function useSizes() {
  const exact = useQuery({ ...segmentSizes(), select: (found) => ({ ...found, isLatest: false }) })
  const [isLong, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), PATIENCE)
    return () => clearTimeout(timer)
  }, [])
  const latest = useQuery({ ...latestSizes, enabled: isLong && exact.isPending, select: (found) => ({ ...found, isLatest: true }) })
  return exact.isPending && latest.data && latest.data.instants.length > 1 ? latest : exact
}

function Moved(props: { segments: number; found: readonly Mover[] }) {
  const t = useMessages({ en, pt })
  if (props.segments === 0)
    return (
      <EmptyState
        kind="nothing-yet"
        title={t.noSegments}
        why={t.noSegmentsWhy}
        action={
          <Button component={Link} href="/segments/new">
            {t.create}
          </Button>
        }
      />
    )
  if (props.found.length === 0) return <EmptyState kind="nothing-matches" title={t.still} why={t.stillWhy} />
  return (
    <>
      <ol className={classes.list}>
        {props.found.slice(0, SHOWN).map((one, place) => (
          <li key={one.name}>
            <MoverRow mover={one} first={place === 0} />
          </li>
        ))}
      </ol>
      <div className={classes.foot}>
        <Link href="/segments">{t.all}</Link>
      </div>
    </>
  )
}

function MoverRow(props: { mover: Mover; first: boolean }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { title, then, now, change, course, name } = props.mover
  const share = format.percent(Math.round((100 * Math.abs(change)) / Math.max(then, 1)) / 100)
  const sentence =
    now >= MANIFOLD * then
      ? t.manifold(title, format.number(then), format.number(now))
      : (change > 0 ? t.grew : t.shrank)(title, share, format.signed(change))
  return (
    <Link href={addressOf.segment(name)} className={`${classes.mover} ${props.first ? classes.first : ''}`}>
      <span>
        <span className={classes.said}>{sentence}</span>
        <br />
        <span className={`num ${classes.numbers}`}>{t.from(format.number(then), format.number(now))}</span>
      </span>
      <Spark values={course} />
    </Link>
  )
}
