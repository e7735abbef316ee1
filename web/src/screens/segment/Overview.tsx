import { useQuery } from '@tanstack/react-query'
import type { Shapes } from '@/api/client'
import { ChartFrame } from '@/charts/ChartFrame'
import { Flows } from '@/charts/Flows'
import { Trend } from '@/charts/Trend'
import { useFormat, useMessages } from '@/i18n/language'
import { segmentHistory, segmentPortrait } from '@/segment/queries'
import { Card, Section } from '@/ui/Page'
import { Answered, Loading } from '@/ui/States'
import { en } from './messages.en'
import { pt } from './messages.pt'
import classes from './Segment.module.css'
import { weeksUntil } from './weeks'

const MOST_APART = 6
const MOST_FAVOURITES = 4
/** As often as everybody, within a fifth, sets nobody apart. */
const isApart = (lift: number) => lift >= 1.2 || lift <= 1 / 1.2

/** How it went, and what its members are like. */
export function Overview(props: { segment: Shapes['SegmentFacts']; asOf: string | undefined }) {
  const t = useMessages({ en, pt })
  const { segment, asOf } = props
  const portrait = useQuery(segmentPortrait({ name: segment.name, as_of: asOf }))
  return (
    <>
      <Course segment={segment} />
      <Section title={t.apart} lead={t.apartLead}>
        <Answered query={portrait} loading={<Card><Loading lines={10} height={46} /></Card>}>
          {(found) => <Apart portrait={found} />}
        </Answered>
      </Section>
    </>
  )
}

function Course(props: { segment: Shapes['SegmentFacts'] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { segment } = props
  const history = useQuery(segmentHistory({ name: segment.name, ...weeksUntil(segment.as_of, format.isoDay) }))
  return (
    <Answered query={history} loading={<CourseComing />}>
      {(rows) => {
        const first = rows[0]
        // the weeks end as their days begin: the course goes on to the very number above it
        const last = { at: segment.as_of, size: segment.size }
        const sizes = [...rows.filter((row) => Date.parse(row.at) < Date.parse(last.at)), last]
        const points = sizes.map((row) => ({ at: row.at, value: row.size }))
        const moves = rows.slice(1)
        const finding =
          first ? t.trend(format.shortDay(first.at), format.shortDay(last.at), format.number(first.size), format.number(last.size)) : ''
        return (
          <div className={classes.two}>
            <Card>
              <ChartFrame
                title={finding}
                subtitle={t.trendSub}
                table={{ columns: [t.at, t.count], rows: sizes.map((row) => [format.day(row.at), row.size]) }}
              >
                {(width) => <Trend points={points} width={width} label={`${t.trendSub}. ${finding}`} />}
              </ChartFrame>
            </Card>
            <Card>
              <ChartFrame
                title={t.flows}
                subtitle={t.flowsSub}
                table={{ columns: [t.at, t.entered, t.left], rows: moves.map((row) => [format.day(row.at), row.entered, row.left]) }}
              >
                {(width) => <Flows moves={moves} width={width} label={t.flows} came={t.entered} went={t.left} />}
              </ChartFrame>
            </Card>
          </div>
        )
      }}
    </Answered>
  )
}

/** The places of its two charts. */
function CourseComing() {
  const chart = <Card className={classes.coming}><Loading heights={[20, 16, 204]} /></Card>
  return <div className={classes.two}>{chart}{chart}</div>
}

function Apart(props: { portrait: Shapes['Portrait'] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const shown = props.portrait.sets_apart.slice(0, MOST_APART)
  const told = (value: number, unit: string | null) => (unit === 'days' ? t.days(format.number(Math.round(value * 10) / 10)) : format.number(value))
  const favourites = props.portrait.favourites.filter((one) => isApart(one.lift))
  if (shown.length === 0 && favourites.length === 0) return <p className="quiet">{t.apartNone}</p>
  return (
    <Card flush>
      <ul className={classes.apart}>
        {shown.map((one) => (
          <li key={one.name}>
            <span className={classes.apartWhat}>
              {one.words}
              {one.by_its_own_rule ? <span className={classes.tag}>{t.byRule}</span> : null}
            </span>
            <span className={`num ${classes.apartNumbers}`}>
              {told(one.here, one.unit)} <span className="quiet">· {t.others.toLowerCase()} {told(one.others, one.unit)}</span>
            </span>
            <span className={classes.bar} aria-hidden>
              <div style={{ width: `${Math.round(Math.abs(one.rank_biserial) * 100)}%` }} />
            </span>
          </li>
        ))}
        {favourites.slice(0, MOST_FAVOURITES).map((one) => (
          <li key={`${one.title}-${String(one.value)}`}>
            <span className={classes.apartWhat}>
              {one.title}: {String(one.value)}
            </span>
            <span className={`num ${classes.apartNumbers}`}>
              {format.percent(one.share)} <span className="quiet">· {t.favouriteLift(format.number(one.lift))}</span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
