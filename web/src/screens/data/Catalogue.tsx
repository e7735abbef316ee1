import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { useState } from 'react'
import type { Shapes } from '@/api/client'
import { Spark } from '@/charts/Spark'
import { dataChecked } from '@/data/queries'
import { BringLink } from '@/bring/BringLink'
import { useFormat, useMessages } from '@/i18n/language'
import { type Column, DataTable } from '@/ui/DataTable'
import { Card, Section } from '@/ui/Page'
import { Answered, EmptyState, Loading } from '@/ui/States'
import classes from './Data.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

type Event = Shapes['EventVolume']
type Fill = Shapes['PropertyFill']
const TRAITS = '$identify'

/** What is in the data: events by volume, properties by how often they are set. */
export function Catalogue() {
  const t = useMessages({ en, pt })
  return (
    <Answered query={useQuery(dataChecked)} loading={<Card><Loading lines={10} height={28} /></Card>}>
      {(found) =>
        found.events.length === 0 && found.filled.length === 0 ? (
          <EmptyState kind="nothing-yet" title={t.noData} why={t.noDataWhy} action={<BringLink />} />
        ) : (
          <>
            <Section title={t.volume} lead={t.volumeLead}>
              <Card flush>
                <Events rows={found.events} />
              </Card>
            </Section>
            <Section title={t.fill} lead={t.fillLead}>
              <Card flush>
                <Properties rows={found.filled} />
              </Card>
            </Section>
          </>
        )
      }
    </Answered>
  )
}

function Events(props: { rows: readonly Event[] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const day = (at: string | null) => (at === null ? '–' : format.day(at))
  const columns: Column<Event>[] = [
    { key: 'event', title: t.event, header: true, sort: (row) => row.event, cell: (row) => <span className={classes.name}>{row.event}</span> },
    { key: 'rows', title: t.rows, align: 'end', sort: (row) => row.rows, cell: (row) => format.number(row.rows) },
    { key: 'trend', title: t.trend, from: 'sm', cell: (row) => <Spark values={Object.values(row.by_month)} /> },
    { key: 'first', title: t.first, align: 'end', from: 'md', sort: (row) => row.first_at, cell: (row) => day(row.first_at) },
    { key: 'last', title: t.last, align: 'end', from: 'sm', sort: (row) => row.last_at, cell: (row) => day(row.last_at) },
  ]
  return <DataTable label={t.volume} rows={props.rows} columns={columns} keyOf={(row) => row.event} sortedBy={{ key: 'rows', down: true }} />
}

function Properties(props: { rows: readonly Fill[] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const [text, setText] = useState('')
  const wanted = text.trim().toLocaleLowerCase()
  const shown = props.rows.filter((row) => `${row.event}.${row.property}`.toLocaleLowerCase().includes(wanted))
  const columns: Column<Fill>[] = [
    {
      key: 'property',
      title: t.property,
      header: true,
      wide: true,
      sort: (row) => row.property,
      cell: (row) => (
        <>
          <span className={classes.name}>{row.property}</span>
          <div className={classes.sub}>{row.event === TRAITS ? t.trait : row.event}</div>
        </>
      ),
    },
    { key: 'type', title: t.type, from: 'sm', tight: true, sort: (row) => row.type, cell: (row) => t.types[row.type] ?? row.type },
    { key: 'set', title: t.rows, align: 'end', from: 'md', sort: (row) => row.set, cell: (row) => format.number(row.set) },
    {
      key: 'share',
      title: t.share,
      align: 'end',
      sort: (row) => row.share,
      cell: (row) => (
        <span className={classes.fill}>
          <div aria-hidden>
            <div style={{ width: `${row.share * 100}%` }} />
          </div>
          {format.percent(row.share)}
        </span>
      ),
    },
  ]
  return (
    <>
      <div className={classes.bar}>
        <TextInput
          aria-label={t.findProperty}
          placeholder={t.findProperty}
          leftSection={<Search size={15} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          className={classes.find}
        />
      </div>
      <DataTable
        label={t.fill}
        rows={shown}
        columns={columns}
        keyOf={(row) => `${row.event}.${row.property}`}
        sortedBy={{ key: 'share', down: false }}
        empty={
          <EmptyState
            kind="filtered-away"
            title={t.noProperty}
            action={
              <Button variant="default" size="xs" onClick={() => setText('')}>
                {t.show}
              </Button>
            }
          />
        }
      />
    </>
  )
}
