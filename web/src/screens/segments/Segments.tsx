import { Button, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Plus, Search } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { Shapes } from '@/api/client'
import { addressOf } from '@/app/address'
import { projectFacts, segmentList, segmentSizes } from '@/api/queries'
import { BringLink } from '@/bring/BringLink'
import { Spark } from '@/charts/Spark'
import { useFormat, useMessages } from '@/i18n/language'
import { removedLast } from '@/segment/removed'
import { AsOf, useAsOf } from '@/ui/AsOf'
import { type Column, DataTable } from '@/ui/DataTable'
import { Card, Page } from '@/ui/Page'
import { Change } from '@/ui/Stat'
import { Answered, EmptyState, Loading } from '@/ui/States'
import { en } from './messages.en'
import { pt } from './messages.pt'
import classes from './Segments.module.css'

const Removed = lazy(() => import('./Removed'))

type Row = Shapes['SegmentRow']
const LOOSE = '-'

/** Which groups do I have, and which are growing or shrinking? */
export default function Segments() {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const [asOf] = useAsOf()
  const facts = useQuery(projectFacts)
  const list = useQuery(segmentList(asOf))
  const removed = useQuery(removedLast)
  const at = asOf ?? facts.data?.as_of
  return (
    <Page
      title={t.title}
      lead={list.data && at ? t.lead(format.number(list.data.length), format.day(at)) : list.error ? undefined : '\u00a0'}
      actions={
        <>
          {facts.data ? <AsOf latest={facts.data.as_of} earliest={facts.data.first_event_at} /> : null}
          <Button component={Link} href="/segments/new" leftSection={<Plus size={16} aria-hidden />}>
            {t.create}
          </Button>
        </>
      }
    >
      {removed.data ? (
        <Suspense>
          <Removed removed={removed.data} />
        </Suspense>
      ) : null}
      {facts.data?.events === 0 && list.data?.length ? (
        <Card className={classes.bare}>
          <p>{t.bare}</p>
          <BringLink />
        </Card>
      ) : null}
      <Answered query={list} loading={<Card><Loading lines={10} height={32} /></Card>}>
        {(rows) => (rows.length === 0 ? <EmptyState kind="nothing-yet" title={t.none} why={t.noneWhy} action={<Button component={Link} href="/segments/new">{t.create}</Button>} /> : <Listed rows={rows} asOf={asOf} />)}
      </Answered>
    </Page>
  )
}

function Listed(props: { rows: readonly Row[]; asOf: string | undefined }) {
  const t = useMessages({ en, pt })
  const [query, setQuery] = useSearchParams()
  const group = query.get('group')
  const [text, setText] = useState('')
  const columns = useColumns(props.asOf)
  const groups = [...new Set(props.rows.map((row) => row.partition ?? LOOSE))]
  const wanted = text.trim().toLocaleLowerCase()
  const shown = props.rows.filter(
    (row) =>
      (group === null || (row.partition ?? LOOSE) === group) &&
      (wanted === '' || `${row.name} ${row.title ?? ''} ${row.sentence}`.toLocaleLowerCase().includes(wanted)),
  )
  const choose = (next: string | null) =>
    setQuery((before) => {
      const after = new URLSearchParams(before)
      if (next === null) after.delete('group')
      else after.set('group', next)
      return after
    })
  const clear = () => {
    setText('')
    choose(null)
  }
  return (
    <Card flush>
      <div className={`${classes.bar} no-print`}>
        <TextInput
          aria-label={t.find}
          placeholder={t.find}
          leftSection={<Search size={15} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          className={classes.find}
        />
        {groups.length > 1 ? (
          <Select
            aria-label={t.group}
            placeholder={t.all}
            clearable
            value={group}
            onChange={choose}
            data={groups.map((one) => ({ value: one, label: one === LOOSE ? t.loose : one.replaceAll('_', ' ') }))}
            className={classes.group}
          />
        ) : null}
      </div>
      <DataTable
        label={t.title}
        rows={shown}
        columns={columns}
        keyOf={(row) => row.name}
        empty={
          <EmptyState
            kind="filtered-away"
            title={t.noMatch}
            why={text ? t.noMatchWhy(text) : undefined}
            action={<Button variant="default" size="xs" onClick={clear}>{t.clear}</Button>}
          />
        }
      />
    </Card>
  )
}

function useColumns(asOf: string | undefined): readonly Column<Row>[] {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const sizes = useQuery(segmentSizes(asOf)).data?.sizes
  const past = (row: Row) => sizes?.[row.name]
  const moved = (row: Row) => {
    const then = past(row)?.at(-5)
    return then === undefined ? null : row.size - then
  }
  const link = (row: Row) => addressOf.segment(row.name, asOf)
  return [
    {
      key: 'name',
      title: t.name,
      header: true,
      wide: true,
      sort: (row) => row.title ?? row.name,
      cell: (row) => (
        <>
          <Link href={link(row)} className={classes.name}>
            {row.title ?? row.name}
          </Link>
          <div className={classes.sentence}>{row.sentence}</div>
        </>
      ),
    },
    { key: 'size', title: t.size, align: 'end', sort: (row) => row.size, cell: (row) => <span className={classes.size}>{format.number(row.size)}</span> },
    { key: 'trend', title: t.trend, from: 'md', cell: (row) => <Spark values={past(row) ?? []} /> },
    {
      key: 'change',
      title: t.change,
      align: 'end',
      from: 'sm',
      sort: moved,
      cell: (row) => {
        const change = moved(row)
        if (change === null) return <span className="quiet">–</span>
        return (
          <span title={t.changeWords(format.signed(change), format.number(row.size - change))}>
            <Change value={change} text={format.signed(change)} />
          </span>
        )
      },
    },
  ]
}
