import { ActionIcon, Button, TextInput } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { Shapes } from '@/api/client'
import { addressOf } from '@/app/address'
import { useFormat, useMessages } from '@/i18n/language'
import { Why } from '@/people/Why'
import { segmentRoster } from '@/segment/queries'
import { type Column, DataTable } from '@/ui/DataTable'
import { Sheet } from '@/ui/Sheet'
import { uiMessages } from '@/ui/messages'
import { Card, Section } from '@/ui/Page'
import { Answered, EmptyState, Loading } from '@/ui/States'
import { en } from './messages.en'
import { pt } from './messages.pt'
import classes from './Segment.module.css'

const PAGE = 50
type Member = Shapes['Member']

/** Who is in it, and for any customer why or why not. */
export function MembersTab(props: { segment: Shapes['SegmentFacts']; asOf: string | undefined }) {
  const t = useMessages({ en, pt })
  const { segment, asOf } = props
  const [query, setQuery] = useSearchParams()
  const offset = Math.max(0, Number(query.get('from')) || 0)
  const [asked, ask] = useState<string | null>(null)
  const roster = useQuery({
    ...segmentRoster({ name: segment.name, as_of: asOf, limit: PAGE, offset }),
    placeholderData: keepPreviousData,
  })
  const turn = (next: number) =>
    setQuery((before) => {
      const after = new URLSearchParams(before)
      after.set('from', String(next))
      return after
    })
  return (
    <div className={classes.aside}>
      <Answered query={roster} loading={<Section title={t.tabs.members} lead={'\u00a0'}><Card><Loading lines={12} height={29} /></Card></Section>}>
        {(found) =>
          found.count === 0 ? (
            <EmptyState kind="nothing-matches" title={t.noMembers} why={t.noMembersWhy} />
          ) : (
            <Section title={t.tabs.members} lead={found.worth_words ? t.membersLead(found.worth_words) : undefined}>
              <Card flush>
                <Table rows={found.rows} asOf={asOf} onWhy={ask} />
                <Pager count={found.count} offset={found.offset} turn={turn} />
              </Card>
            </Section>
          )
        }
      </Answered>
      <WhyAnybody segment={segment.name} asOf={asOf} />
      <Sheet opened={asked !== null} close={() => ask(null)} title={asked === null ? '' : t.whyOf(asked)}>
        {asked === null ? null : <Why segment={segment.name} user={asked} asOf={asOf} />}
      </Sheet>
    </div>
  )
}

function Table(props: { rows: readonly Member[]; asOf: string | undefined; onWhy: (user: string) => void }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const columns: Column<Member>[] = [
    {
      key: 'id',
      title: t.member,
      header: true,
      cell: (row) => <Link href={addressOf.customer(row.user_id, props.asOf)}>{row.user_id}</Link>,
    },
    { key: 'worth', title: t.memberWorth, align: 'end', cell: (row) => (row.worth === null ? '–' : format.money(row.worth)) },
    { key: 'since', title: t.since, align: 'end', from: 'sm', cell: (row) => (row.since === null ? '–' : format.day(row.since)) },
    { key: 'seen', title: t.seen, align: 'end', from: 'sm', cell: (row) => (row.last_seen_at === null ? '–' : format.day(row.last_seen_at)) },
    {
      key: 'why',
      title: t.why,
      align: 'end',
      pressed: true,
      cell: (row) => (
        <Button size="compact-xs" variant="subtle" aria-label={t.whyOf(row.user_id)} onClick={() => props.onWhy(row.user_id)}>
          {t.why}
        </Button>
      ),
    },
  ]
  return <DataTable label={t.tabs.members} rows={props.rows} columns={columns} keyOf={(row) => row.user_id} />
}

function Pager(props: { count: number; offset: number; turn: (offset: number) => void }) {
  const t = useMessages(uiMessages)
  const format = useFormat()
  const { count, offset, turn } = props
  const last = Math.min(offset + PAGE, count)
  return (
    <div className={classes.pager}>
      <span className="num" role="status">
        {t.rows(format.number(offset + 1), format.number(last), format.number(count))}
      </span>
      <span>
        <ActionIcon variant="subtle" color="gray" aria-label={t.previous} disabled={offset === 0} onClick={() => turn(Math.max(0, offset - PAGE))}>
          <ChevronLeft size={16} aria-hidden />
        </ActionIcon>
        <ActionIcon variant="subtle" color="gray" aria-label={t.next} disabled={last >= count} onClick={() => turn(offset + PAGE)}>
          <ChevronRight size={16} aria-hidden />
        </ActionIcon>
      </span>
    </div>
  )
}

function WhyAnybody(props: { segment: string; asOf: string | undefined }) {
  const t = useMessages({ en, pt })
  const [query, setQuery] = useSearchParams()
  const user = query.get('why')
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const id = String(new FormData(event.currentTarget).get('user')).trim()
    setQuery((before) => {
      const after = new URLSearchParams(before)
      if (id) after.set('why', id)
      else after.delete('why')
      return after
    })
  }
  return (
    <div className={user === null ? 'no-print' : undefined}>
      <Section title={t.whyNot} lead={t.whyNotLead}>
        <Card>
          <form className={classes.whyForm} onSubmit={submit}>
            <TextInput label={t.id} name="user" defaultValue={user ?? ''} style={{ flex: '1 1 160px' }} />
            <Button type="submit" variant="default">
              {t.ask}
            </Button>
          </form>
          {user === null ? null : (
            <div className={classes.whyAnswer}>
              <Why segment={props.segment} user={user} asOf={props.asOf} />
            </div>
          )}
        </Card>
      </Section>
    </div>
  )
}
