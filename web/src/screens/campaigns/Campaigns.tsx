import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { Link } from 'wouter'
import { projectFacts, segmentList, whoAmI } from '@/api/queries'
import { addressOf } from '@/app/address'
import { audienceShown } from '@/audience/queries'
import { campaignMessages } from '@/campaigns/messages'
import { audienceOf, campaignList, campaignShown } from '@/campaigns/queries'
import type { CampaignRow } from '@/campaigns/shapes'
import { StateMark } from '@/campaigns/StateMark'
import { nextRun } from '@/campaigns/timing'
import { useFormat, useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import { type Column, DataTable } from '@/ui/DataTable'
import { Card, Page } from '@/ui/Page'
import { Said } from '@/ui/Said'
import { Answered, EmptyState, Loading } from '@/ui/States'
import classes from './Campaigns.module.css'
import { campaignsMessages } from './messages'

/** Which campaigns are there, how do they stand, and whom do they reach? */
export default function Campaigns() {
  const t = useMessages(campaignsMessages)
  const list = useQuery(campaignList)
  const columns = useColumns()
  const mayDefine = useQuery(whoAmI).data?.actions.includes('define') ?? false
  const create = mayDefine ? (
    <Button component={Link} href="/campaigns/new" leftSection={<Plus size={16} aria-hidden />}>
      {t.create}
    </Button>
  ) : undefined
  return (
    <Page title={t.title} lead={t.lead} actions={list.data?.length === 0 ? undefined : create}>
      <Answered query={list} loading={<Card><Loading lines={6} height={32} /></Card>}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState kind="nothing-yet" title={t.none} why={<Said>{t.noneWhy}</Said>} action={create} />
          ) : (
            <Card flush>
              <DataTable label={t.title} rows={rows} columns={columns} keyOf={(row) => row.name} />
            </Card>
          )
        }
      </Answered>
    </Page>
  )
}

function useColumns(): readonly Column<CampaignRow>[] {
  const t = useMessages(campaignsMessages)
  const format = useFormat()
  return [
    {
      key: 'name',
      title: t.name,
      header: true,
      sort: (row) => row.title ?? row.name,
      cell: (row) => (
        <Link href={`/campaigns/${encodeURIComponent(row.name)}`} className={classes.name}>
          {row.title ?? row.name}
        </Link>
      ),
    },
    { key: 'state', title: t.state, sort: (row) => row.state, cell: (row) => <StateMark state={row.state} isChanged={row.is_changed} /> },
    { key: 'audience', title: t.audience, from: 'md', cell: (row) => <Audience text={row.audience} /> },
    { key: 'purpose', title: t.purpose, from: 'lg', cell: (row) => (row.purpose === null ? '–' : wordsOf(row.purpose)) },
    { key: 'sendable', title: t.sendable, align: 'end', cell: (row) => <Sendable row={row} /> },
    { key: 'sent', title: t.sent, align: 'end', from: 'sm', sort: (row) => row.messages.sent ?? 0, cell: (row) => format.number(row.messages.sent ?? 0) },
    { key: 'next', title: t.next, from: 'sm', cell: (row) => <NextRun row={row} /> },
  ]
}

function Audience(props: { text: string | null }) {
  const segments = useQuery(segmentList())
  const { text } = props
  if (text === null) return '–'
  const segment = segments.data?.find((one) => one.name === text)
  if (segment === undefined) return <code className={`name ${classes.audience}`}>{text}</code>
  return <Link href={addressOf.segment(segment.name)}>{segment.title ?? segment.name}</Link>
}

/** How many may be written to: of the last pass, and now where there was none yet. */
function Sendable(props: { row: CampaignRow }) {
  const { row } = props
  if (row.sendable === null) return <SendableNow name={row.name} />
  return <Reach count={row.sendable} when="lastPass" />
}

/** The number of the campaign's own waterfall, asked once the table stands. */
function SendableNow(props: { name: string }) {
  const campaign = useQuery(campaignShown(props.name))
  const asked = campaign.data === undefined ? undefined : audienceOf(campaign.data)
  const found = useQuery({ ...audienceShown(asked ?? {}), enabled: asked !== undefined })
  if (found.data !== undefined) return <Reach count={found.data.sendable} when="now" />
  const isWaiting = campaign.isLoading || found.isLoading
  return <span className="quiet" aria-busy={isWaiting || undefined}>{isWaiting ? '…' : '–'}</span>
}

function Reach(props: { count: number; when: 'now' | 'lastPass' }) {
  const t = useMessages(campaignsMessages)
  const format = useFormat()
  return (
    <>
      <strong className="num">{format.number(props.count)}</strong>
      <div className={classes.when}>{t[props.when]}</div>
    </>
  )
}

function NextRun(props: { row: CampaignRow }) {
  const t = useMessages(campaignMessages)
  const format = useFormat()
  const facts = useQuery(projectFacts)
  const { row } = props
  if (facts.data === undefined) return null
  const next = nextRun(row, facts.data.as_of)
  return next.kind === 'at' ? format.moment(next.at) : t.next[next.kind]
}
