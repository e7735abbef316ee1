/** How a file's columns are understood, as a form: each column has one role. Pure. */
import type { Shapes } from '@/api/client'

export const ROLES = ['user', 'anonymous', 'time', 'event', 'id', 'property', 'skip'] as const
export type Role = (typeof ROLES)[number]
/** Roles that one column has at most. */
const SINGLE: readonly Role[] = ['user', 'anonymous', 'time', 'event', 'id']

export interface ColumnSaid {
  column: string
  role: Role
  /** What the property is called; empty: as the column is. */
  name: string
}
export interface Form {
  profiles: boolean
  /** The event every row becomes, where no column says it. */
  event: string
  timeFormat: string
  columns: ColumnSaid[]
}
type Said = Shapes['RowsOptions']

/** A form from what was guessed, or from nothing but the columns. */
export function formOf(columns: readonly { name: string }[], said: Said | null): Form {
  const roles = new Map<string, Role>()
  if (said !== null)
    for (const [role, column] of [['user', said.user], ['anonymous', said.anonymous], ['time', said.time], ['event', said.event_column], ['id', said.id_column]] as const)
      if (column !== null && !roles.has(column)) roles.set(column, role)
  const names = new Map(Object.entries(said?.properties ?? {}).map(([name, column]) => [column, name]))
  return {
    profiles: said?.profiles ?? false,
    event: said?.event ?? '',
    timeFormat: said?.time_format ?? '',
    columns: columns.map(({ name: column }) => ({
      column,
      role: roles.get(column) ?? (names.size === 0 || names.has(column) ? 'property' : 'skip'),
      name: names.get(column) ?? '',
    })),
  }
}

const columnOf = (form: Form, role: Role) => form.columns.find((one) => one.role === role)?.column ?? null

/** What the server is told. */
export function saidOf(form: Form): Shapes['RowsSaid'] {
  const kept = form.columns.filter((one) => one.role === 'property')
  const isRenamed = kept.some((one) => one.name.trim() !== '')
  const hasEvents = !form.profiles
  return {
    profiles: form.profiles,
    event: hasEvents && columnOf(form, 'event') === null ? form.event : null,
    event_column: hasEvents ? columnOf(form, 'event') : null,
    user: columnOf(form, 'user'),
    anonymous: columnOf(form, 'anonymous'),
    time: columnOf(form, 'time'),
    time_format: columnOf(form, 'time') === null || form.timeFormat === '' ? null : form.timeFormat,
    id_column: columnOf(form, 'id'),
    properties: isRenamed ? Object.fromEntries(kept.map((one) => [one.name.trim() || one.column, one.column])) : {},
    without: isRenamed ? [] : form.columns.filter((one) => one.role === 'skip').map((one) => one.column),
  }
}

/** The form with another role for a column; whoever had a role that only one can have loses it. */
export function withRole(form: Form, column: string, role: Role): Form {
  const columns = form.columns.map((one): ColumnSaid => {
    if (one.column === column) return { ...one, role }
    return SINGLE.includes(role) && one.role === role ? { ...one, role: 'property' } : one
  })
  return { ...form, columns }
}

export const withName = (form: Form, column: string, name: string): Form => ({
  ...form,
  columns: form.columns.map((one) => (one.column === column ? { ...one, name } : one)),
})

/** What has to be said before rows can be read: whose they are, what happened, when. */
export function lacking(form: Form): ('who' | 'what' | 'when')[] {
  const who = columnOf(form, 'user') === null && columnOf(form, 'anonymous') === null
  const what = !form.profiles && columnOf(form, 'event') === null && form.event.trim() === ''
  const when = !form.profiles && columnOf(form, 'time') === null
  return [...(who ? (['who'] as const) : []), ...(what ? (['what'] as const) : []), ...(when ? (['when'] as const) : [])]
}
