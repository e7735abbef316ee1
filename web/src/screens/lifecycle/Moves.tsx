import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'wouter'
import type { Shapes } from '@/api/client'
import { segmentList } from '@/api/queries'
import { ChartFrame } from '@/charts/ChartFrame'
import { Sankey } from '@/charts/Sankey'
import { useFormat, useMessages } from '@/i18n/language'
import { useAsOf } from '@/ui/AsOf'
import { Card, Section } from '@/ui/Page'
import { Answered, EmptyState, Loading } from '@/ui/States'
import classes from './Lifecycle.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { drawn } from './passages'
import { movesBetween } from './queries'

const DAY = 86_400_000
const BACK = 28

/** Who went from which place to which, between two dates. */
export function Moves(props: { project: Shapes['ProjectFacts'] }) {
  const t = useMessages({ en, pt })
  const [asOf] = useAsOf()
  return (
    <Section title={t.moves} lead={t.movesLead}>
      <Answered query={useQuery(segmentList(asOf))} loading={<Card><Loading lines={8} /></Card>}>
        {(rows) =>
          rows.some((row) => row.partition !== null) ? (
            <Between project={props.project} rows={rows} />
          ) : (
            <EmptyState kind="nothing-yet" title={t.noPartitions} why={t.noPartitionsWhy} />
          )
        }
      </Answered>
    </Section>
  )
}

function Between(props: { project: Shapes['ProjectFacts']; rows: readonly Shapes['SegmentRow'][] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const [address, setAddress] = useSearchParams()
  const partitions = [...new Set(props.rows.flatMap((row) => row.partition ?? []))]
  const wanted = address.get('places') ?? ''
  const name = partitions.includes(wanted) ? wanted : (partitions.find((one) => one === 'stage') ?? partitions[0] ?? '')
  const to = address.get('to') ?? address.get('as_of')?.slice(0, 10) ?? format.isoDay(props.project.as_of)
  const from = address.get('from') ?? new Date(Date.parse(to) - BACK * DAY).toISOString().slice(0, 10)
  const choose = (key: string, value: string | null) =>
    setAddress((before) => {
      const after = new URLSearchParams(before)
      if (value) after.set(key, value)
      else after.delete(key)
      return after
    })
  const found = useQuery(movesBetween(name, from, to))
  return (
    <Card>
      <div className={classes.asked}>
        <Select
          label={t.partition}
          value={name}
          allowDeselect={false}
          onChange={(next) => choose('places', next)}
          data={partitions.map((one) => ({ value: one, label: one.replaceAll('_', ' ') }))}
        />
        {(['from', 'to'] as const).map((key) => (
          <label key={key} className={classes.date}>
            {t[key]}
            <input type="date" value={key === 'from' ? from : to} onChange={(event) => choose(key, event.currentTarget.value)} />
          </label>
        ))}
      </div>
      {from < to ? (
        <Answered query={found} loading={<Loading lines={8} />}>
          {(flows) => <Drawing flows={flows} rows={props.rows} from={from} to={to} />}
        </Answered>
      ) : (
        <EmptyState kind="nothing-matches" title={t.wrongDates} />
      )}
    </Card>
  )
}

function Drawing(props: { flows: Shapes['FlowsFound']; rows: readonly Shapes['SegmentRow'][]; from: string; to: string }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const titles: Record<string, string> = { '(none)': t.none, '(not yet known)': t.unknown, other: t.other }
  const title = (place: string) => titles[place] ?? props.rows.find((row) => row.name === place)?.title ?? place
  const { places, passages, moved, people } = drawn(props.flows.places, props.flows.flows[0]?.matrix ?? [], title)
  const day = (iso: string) => format.day(`${iso}T12:00:00Z`)
  const finding = t.moved(format.number(moved), format.percent(people === 0 ? 0 : moved / people), day(props.from), day(props.to))
  const named = (id: string) => places.find((place) => place.id === id)?.title ?? id
  const rows = [...passages].sort((one, other) => other.count - one.count)
  return (
    <ChartFrame
      title={finding}
      subtitle={t.sub}
      table={{ columns: [t.before, t.after, t.customers], rows: rows.map((one) => [named(one.from), named(one.to), one.count]) }}
    >
      {(width) => <Sankey places={places} passages={passages} width={width} label={`${t.sub} ${finding}`} />}
    </ChartFrame>
  )
}
