import { NativeSelect, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Shapes } from '@/api/client'
import { type Form, ROLES, type Role, withName, withRole } from '@/bring/form'
import { useMessages } from '@/i18n/language'
import { type Column, DataTable } from '@/ui/DataTable'
import { Card, Section } from '@/ui/Page'
import classes from './Import.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

type Seen = Shapes['ColumnSeen']

/** What each column means: who, when, what, how much; the words above change with it. */
export function Columns(props: { form: Form; seen: readonly Seen[]; onChange: (form: Form) => void; children?: ReactNode }) {
  const t = useMessages({ en, pt })
  const { form, onChange } = props
  const said = (column: string) => form.columns.find((one) => one.column === column)
  const roles = ROLES.filter((role) => role !== 'event' || !form.profiles)
  const hasEventColumn = form.columns.some((one) => one.role === 'event')
  const hasTime = form.columns.some((one) => one.role === 'time')
  const columns: Column<Seen>[] = [
    { key: 'column', title: t.column, header: true, cell: (one) => <span className={classes.column}>{one.name}</span> },
    { key: 'cells', title: t.cells, from: 'md', wide: true, cell: (one) => <span className={classes.cells}>{one.cells.filter(Boolean).join(' · ')}</span> },
    {
      key: 'means',
      title: t.means,
      cell: (one) => (
        <NativeSelect
          size="xs"
          className={classes.role}
          aria-label={t.meansOf(one.name)}
          value={said(one.name)?.role ?? 'skip'}
          data={roles.map((role) => ({ value: role, label: t.roles[role] ?? role }))}
          onChange={(event) => onChange(withRole(form, one.name, event.currentTarget.value as Role))}
        />
      ),
    },
    {
      key: 'called',
      title: t.called,
      from: 'sm',
      cell: (one) =>
        said(one.name)?.role === 'property' ? (
          <TextInput
            size="xs"
            className={classes.role}
            aria-label={t.calledOf(one.name)}
            placeholder={t.asItIs}
            value={said(one.name)?.name ?? ''}
            onChange={(event) => onChange(withName(form, one.name, event.currentTarget.value))}
          />
        ) : null,
    },
  ]
  return (
    <Section title={t.columns} lead={t.columnsLead} aside={props.children}>
      <Card>
        <div className={classes.fields}>
          <NativeSelect
            label={t.rows}
            value={form.profiles ? 'profiles' : 'events'}
            data={[{ value: 'events', label: t.rowsEvent }, { value: 'profiles', label: t.rowsProfile }]}
            onChange={(event) => onChange({ ...form, profiles: event.currentTarget.value === 'profiles' })}
          />
          {form.profiles || hasEventColumn ? null : (
            <TextInput label={t.event} description={t.eventHint} value={form.event} onChange={(event) => onChange({ ...form, event: event.currentTarget.value })} />
          )}
          {hasTime ? (
            <TextInput label={t.timeFormat} description={t.timeFormatHint} value={form.timeFormat} onChange={(event) => onChange({ ...form, timeFormat: event.currentTarget.value })} />
          ) : null}
        </div>
      </Card>
      <Card flush>
        <DataTable label={t.columns} rows={props.seen} columns={columns} keyOf={(one) => one.name} />
      </Card>
    </Section>
  )
}
