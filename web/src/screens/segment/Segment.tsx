import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Megaphone, Pencil } from 'lucide-react'
import { lazy } from 'react'
import { Link, useParams } from 'wouter'
import type { Shapes } from '@/api/client'
import { decoded } from '@/app/address'
import { projectFacts, whoAmI } from '@/api/queries'
import { useFormat, useMessages } from '@/i18n/language'
import { segmentFacts, segmentHistory, segmentPortrait } from '@/segment/queries'
import { AsOf, useAsOf } from '@/ui/AsOf'
import { Back } from '@/ui/Back'
import { OneThing } from '@/ui/OneThing'
import { Page } from '@/ui/Page'
import { Parts, usePart } from '@/ui/Parts'
import { Stat, StatFailed, Stats, StatsComing } from '@/ui/Stat'
import { Loading } from '@/ui/States'
import { TimeSlider } from '@/ui/TimeSlider'
import { Definition } from './Definition'
import { MembersTab } from './Members'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { Overview } from './Overview'
import { weeksUntil } from './weeks'

const Audit = lazy(() => import('./Audit'))
const Fairness = lazy(() => import('./Fairness'))
const Reach = lazy(() => import('./Reach'))

const ForSegment = lazy(() => import('@/recommend/ForSegment'))

const PARTS = ['overview', 'members', 'reach', 'recommendations', 'audit', 'fairness', 'definition'] as const
/** How high its sentence, slider, numbers, parts and what is drawn will be. */
const COMING = [22, 24, 98, 36, 330]
const OF_PEOPLE: readonly string[] = ['members', 'recommendations']

/** Is this group healthy, who is in it, and why? */
export default function Segment() {
  const t = useMessages({ en, pt })
  const { name: given } = useParams<{ name: string }>()
  const name = decoded(given)
  const [asOf] = useAsOf()
  const facts = useQuery(projectFacts)
  // of another day the numbers before stay until the new ones are there, and so does the slider's focus
  const segment = useQuery({ ...segmentFacts({ name, as_of: asOf }), placeholderData: (before) => (before?.name === name ? before : undefined) })
  const mayDefine = useQuery(whoAmI).data?.actions.includes('define') ?? false
  const above = <Back to="/segments">{t.back}</Back>
  return (
    <OneThing name={name} query={segment} above={above} loading={<Loading heights={COMING} />}>
      {(found) => (
        <Page
          title={found.title ?? name}
          lead={found.sentence}
          above={above}
          actions={
            <>
              {facts.data ? <AsOf latest={facts.data.as_of} earliest={facts.data.first_event_at} /> : null}
              {mayDefine ? (
                <Button component={Link} href={campaignFor(found)} variant="default" leftSection={<Megaphone size={15} aria-hidden />}>
                  {t.campaign}
                </Button>
              ) : null}
              {found.partition === null ? (
                <Button component={Link} href={`/segments/${encodeURIComponent(name)}/edit`} variant="default" leftSection={<Pencil size={15} aria-hidden />}>
                  {t.edit}
                </Button>
              ) : null}
            </>
          }
        >
          {facts.data ? <TimeSlider latest={facts.data.as_of} earliest={facts.data.first_event_at} /> : null}
          <Numbers segment={found} asOf={asOf} />
          <SegmentParts segment={found} asOf={asOf} />
        </Page>
      )}
    </OneThing>
  )
}

/** A new campaign to the customers of a segment, for what they were asked for. */
function campaignFor(segment: Shapes['SegmentFacts']): string {
  const asked = new URLSearchParams({ audience: segment.name, ...(segment.purpose ? { purpose: segment.purpose } : {}) })
  return `/campaigns/new?${asked.toString()}`
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
      {portrait.isPending ? <StatsComing labels={[t.worth, t.perMember]} /> : null}
      {portrait.error || history.error ? <StatFailed retry={() => void Promise.all([portrait.refetch(), history.refetch()])} /> : null}
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
      {history.isPending ? <StatsComing labels={[t.moved]} /> : null}
      {came !== undefined && went !== undefined ? (
        <Stat label={t.moved} value={format.signed(came - went)} note={t.movedNote(format.number(came), format.number(went))} />
      ) : null}
      {segment.unknown > 0 ? <Stat label={t.unknown} value={format.number(segment.unknown)} note={t.unknownNote} /> : null}
    </Stats>
  )
}

function SegmentParts(props: { segment: Shapes['SegmentFacts']; asOf: string | undefined }) {
  const t = useMessages({ en, pt })
  const me = useQuery(whoAmI)
  const { segment, asOf } = props
  const mayMeet = me.data?.actions.includes('people') ?? false
  const shown = PARTS.filter((one) => mayMeet || !OF_PEOPLE.includes(one))
  const [part, choose] = usePart(shown, 'overview', true)
  return (
    <Parts label={t.sections} names={t.tabs} shown={shown} part={part} choose={choose}>
      {part === 'overview' ? (
        <Overview segment={segment} asOf={asOf} />
      ) : part === 'members' ? (
        <MembersTab segment={segment} asOf={asOf} />
      ) : part === 'reach' ? (
        <Reach segment={segment} asOf={asOf} />
      ) : part === 'recommendations' ? (
        <ForSegment segment={segment} />
      ) : part === 'audit' ? (
        <Audit name={segment.name} asOf={asOf} />
      ) : part === 'fairness' ? (
        <Fairness name={segment.name} asOf={asOf} />
      ) : (
        <Definition segment={segment} />
      )}
    </Parts>
  )
}
