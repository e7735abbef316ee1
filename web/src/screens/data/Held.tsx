import { Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'wouter'
import type { Shapes } from '@/api/client'
import { dataHeld } from '@/data/queries'
import { BringLink } from '@/bring/BringLink'
import { useFormat, useMessages } from '@/i18n/language'
import { type Column, DataTable } from '@/ui/DataTable'
import { Card, Section } from '@/ui/Page'
import { Said } from '@/ui/Said'
import { Answered, EmptyState, Loading } from '@/ui/States'
import classes from './Data.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

type Row = Shapes['HeldField']
const NAMED = 4

const shortened = (names: readonly string[]) =>
  names.length <= NAMED ? names : [...names.slice(0, NAMED - 1), `+${names.length - NAMED + 1}`]

/** What is kept of customers, what for, and what could be left out. */
export function Held() {
  const t = useMessages({ en, pt })
  return (
    <Answered query={useQuery(dataHeld)} loading={<Card><Loading lines={10} height={28} /></Card>}>
      {(found) =>
        found.fields.length === 0 ? (
          <EmptyState kind="nothing-yet" title={t.noHeld} why={t.noDataWhy} action={<BringLink />} />
        ) : (
          <Section title={t.held} lead={<Said>{found.summary}</Said>}>
            <Card flush>
              <Fields rows={found.fields} />
            </Card>
            {found.notes.map((note) => (
              <p key={note} className={classes.note}>
                <Said>{`${note}.`}</Said>
              </p>
            ))}
          </Section>
        )
      }
    </Answered>
  )
}

function Fields(props: { rows: readonly Row[] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const [query, setQuery] = useSearchParams()
  const use = query.get('use')
  const uses = [...new Set(props.rows.map((row) => row.use))]
  const shown = props.rows.filter((row) => use === null || row.use === use)
  const columns: Column<Row>[] = [
    {
      key: 'field',
      title: t.field,
      header: true,
      wide: true,
      sort: (row) => row.field,
      cell: (row) => (
        <>
          <span className={classes.name}>{row.field}</span>{' '}
          {row.sensitive === null ? null : <span className={classes.chip}>{t.sensitive(row.sensitive)}</span>}
          <div className={`${classes.sub} ${classes.advice}`}>{row.suggestion ?? row.why ?? row.serves}</div>
          {row.used_by.length > 0 ? <div className={classes.sub}>{t.usedBy(format.list(shortened(row.used_by)))}</div> : null}
        </>
      ),
    },
    { key: 'use', title: t.state, sort: (row) => row.use, cell: (row) => <span className={classes.state}>{t.use[row.use] ?? row.use}</span> },
    { key: 'set', title: t.rows, align: 'end', from: 'sm', sort: (row) => row.set, cell: (row) => format.number(row.set) },
  ]
  return (
    <>
      <div className={classes.bar}>
        <Select
          aria-label={t.only}
          placeholder={t.allFields}
          clearable
          value={use}
          onChange={(next) => setQuery(next === null ? { tab: 'held' } : { tab: 'held', use: next })}
          data={uses.map((one) => ({ value: one, label: t.use[one] ?? one }))}
        />
      </div>
      <DataTable
        label={t.held}
        rows={shown}
        columns={columns}
        keyOf={(row) => `${row.event}.${row.field}`}
        empty={<EmptyState kind="filtered-away" title={t.noField} action={<Button variant="default" size="xs" onClick={() => setQuery({ tab: 'held' })}>{t.allFields}</Button>} />}
      />
    </>
  )
}
