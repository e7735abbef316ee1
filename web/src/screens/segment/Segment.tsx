import { Button, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ChevronLeft, Pencil } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { Link, useParams, useSearchParams } from 'wouter'
import type { Shapes } from '@/api/client'
import { decoded } from '@/app/address'
import { projectFacts, whoAmI } from '@/api/queries'
import { useFormat, useMessages } from '@/i18n/language'
import { segmentFacts, segmentHistory, segmentPortrait } from '@/segment/queries'
import { AsOf, useAsOf } from '@/ui/AsOf'
import { Page } from '@/ui/Page'
import { Stat, Stats } from '@/ui/Stat'
import { Failed, Loading } from '@/ui/States'
import { TimeSlider } from '@/ui/TimeSlider'
import { Definition } from './Definition'
import { MembersTab } from './Members'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { Overview } from './Overview'
import classes from './Segment.module.css'
import { weeksUntil } from './weeks'

const Audit = lazy(() => import('./Audit'))
const Reach = lazy(() => import('./Reach'))

const TABS = ['overview', 'members', 'reach', 'audit', 'definition'] as const
type Tab = (typeof TABS)[number]

/** Is this group healthy, who is in it, and why? */
export default function Segment() {
  const t = useMessages({ en, pt })
  const { name: given } = useParams<{ name: string }>()
  const name = decoded(given)
  const [asOf] = useAsOf()
  const facts = useQuery(projectFacts)
  // of another day the numbers before stay until the new ones are there, and so does the slider's focus
  const segment = useQuery({ ...segmentFacts({ name, as_of: asOf }), placeholderData: (before) => (before?.name === name ? before : undefined) })
  const above = (
    <Link href="/segments" className={`${classes.back} no-print`}>
      <ChevronLeft size={15} aria-hidden />
      {t.back}
    </Link>
  )
  if (segment.data === undefined)
    return (
      <Page title={name} above={above}>
        {segment.error ? <Failed error={segment.error} retry={() => void segment.refetch()} /> : <Loading lines={8} />}
      </Page>
    )
  return (
    <Page
      title={segment.data.title ?? name}
      lead={segment.data.sentence}
      above={above}
      actions={
        <>
          {facts.data ? <AsOf latest={facts.data.as_of} earliest={facts.data.first_event_at} /> : null}
          {segment.data.partition === null ? (
            <Button component={Link} href={`/segments/${encodeURIComponent(name)}/edit`} variant="default" leftSection={<Pencil size={15} aria-hidden />}>
              {t.edit}
            </Button>
          ) : null}
        </>
      }
    >
      {facts.data ? <TimeSlider latest={facts.data.as_of} earliest={facts.data.first_event_at} /> : null}
      <Numbers segment={segment.data} asOf={asOf} />
      <Parts segment={segment.data} asOf={asOf} />
    </Page>
  )
}

function Numbers(props: { segment: Shapes['SegmentFacts']; asOf: string | undefined }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { segment, asOf } = props
  const portrait = useQuery(segmentPortrait({ name: segment.name, as_of: asOf }))
  const history = useQuery(segmentHistory({ name: segment.name, ...weeksUntil(segment.as_of, format.isoDay) }))
  const recent = history.data?.slice(-4)
  const came = recent?.reduce((sum, row) => sum + row.entered, 0)
  const went = recent?.reduce((sum, row) => sum + row.left, 0)
  const worth = portrait.data?.value
  return (
    <Stats>
      <Stat
        label={t.size}
        value={format.number(segment.size)}
        note={segment.known > 0 ? t.ofAll(format.percent(segment.size / segment.known)) : undefined}
      />
      {worth ? (
        <>
          <Stat label={t.worth} value={format.money(worth.total)} note={worth.share === null ? undefined : t.worthShare(format.percent(worth.share))} />
          <Stat
            label={t.perMember}
            value={worth.per_member === null ? '–' : format.money(worth.per_member)}
            note={worth.per_other === null ? undefined : t.perOther(format.money(worth.per_other))}
          />
        </>
      ) : null}
      {came !== undefined && went !== undefined ? (
        <Stat label={t.moved} value={format.signed(came - went)} note={t.movedNote(format.number(came), format.number(went))} />
      ) : null}
      {segment.unknown > 0 ? <Stat label={t.unknown} value={format.number(segment.unknown)} note={t.unknownNote} /> : null}
    </Stats>
  )
}

function Parts(props: { segment: Shapes['SegmentFacts']; asOf: string | undefined }) {
  const t = useMessages({ en, pt })
  const me = useQuery(whoAmI)
  const [query, setQuery] = useSearchParams()
  const mayMeet = me.data?.actions.includes('people') ?? false
  const shown = TABS.filter((tab) => tab !== 'members' || mayMeet)
  const wanted = query.get('tab') as Tab
  const tab = shown.includes(wanted) ? wanted : 'overview'
  const choose = (next: string | null) =>
    setQuery((before) => {
      const after = new URLSearchParams(before)
      after.set('tab', next ?? 'overview')
      return after
    })
  return (
    <Tabs value={tab} onChange={choose} keepMounted={false} classNames={{ panel: classes.panel, tab: classes.tab }}>
      <Tabs.List aria-label={t.sections}>
        {shown.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {t.tabs[one]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="overview">
        <Overview segment={props.segment} asOf={props.asOf} />
      </Tabs.Panel>
      {mayMeet ? (
        <Tabs.Panel value="members">
          <MembersTab segment={props.segment} asOf={props.asOf} />
        </Tabs.Panel>
      ) : null}
      <Tabs.Panel value="reach">
        <Suspense fallback={<Loading lines={8} />}>
          <Reach segment={props.segment} asOf={props.asOf} />
        </Suspense>
      </Tabs.Panel>
      <Tabs.Panel value="audit">
        <Suspense fallback={<Loading lines={8} />}>
          <Audit name={props.segment.name} asOf={props.asOf} />
        </Suspense>
      </Tabs.Panel>
      <Tabs.Panel value="definition">
        <Definition segment={props.segment} />
      </Tabs.Panel>
    </Tabs>
  )
}
