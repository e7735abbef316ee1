import { UnstyledButton } from '@mantine/core'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import { useMessages } from '@/i18n/language'
import classes from './DataTable.module.css'
import { uiMessages } from './messages'

/** One column; with `sort` its head is a button, with `header` its cells name their rows. */
export interface Column<T> {
  key: string
  title: string
  cell: (row: T) => ReactNode
  sort?: (row: T) => number | string | null
  align?: 'end'
  header?: boolean
  wide?: boolean
  /** Its words stay on one line where the window is wide. */
  tight?: boolean
  /** Hidden below this width of the window. */
  from?: 'sm' | 'md' | 'lg'
  /** Holds only what is pressed, so it is left out on paper. */
  pressed?: boolean
}

/** A table that reads well: hairlines, one row header, sortable where it makes sense. */
export function DataTable<T>(props: {
  label: string
  rows: readonly T[]
  columns: readonly Column<T>[]
  keyOf: (row: T) => string
  sortedBy?: { key: string; down: boolean }
  empty?: ReactNode
}) {
  const t = useMessages(uiMessages)
  const [sorted, setSorted] = useState(props.sortedBy)
  const rows = useMemo(() => ordered(props.rows, props.columns, sorted), [props.rows, props.columns, sorted])
  const classOf = (column: Column<T>) =>
    [column.align === 'end' ? classes.end : '', column.from ? classes[column.from] : '', column.wide ? classes.wideCell : '', column.tight ? classes.tight : '', column.pressed ? 'no-print' : ''].join(' ')
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={props.label}>
      <table className={classes.table}>
        <caption className="hidden">{props.label}</caption>
        <thead>
          <tr>
            {props.columns.map((column) => {
              const is = sorted?.key === column.key
              const Arrow = sorted?.down ? ArrowDown : ArrowUp
              return (
                <th
                  key={column.key}
                  scope="col"
                  className={classOf(column)}
                  aria-sort={is ? (sorted.down ? 'descending' : 'ascending') : undefined}
                >
                  {column.sort ? (
                    <UnstyledButton
                      className={classes.sort}
                      title={t.sortBy(column.title)}
                      onClick={() => setSorted({ key: column.key, down: is ? !sorted.down : column.align === 'end' })}
                    >
                      {column.title}
                      {is ? <Arrow size={13} aria-hidden /> : null}
                    </UnstyledButton>
                  ) : (
                    column.title
                  )}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={props.keyOf(row)}>
              {props.columns.map((column) =>
                column.header ? (
                  <th key={column.key} scope="row" className={classOf(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.key} className={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 ? props.empty : null}
    </div>
  )
}

function ordered<T>(rows: readonly T[], columns: readonly Column<T>[], sorted?: { key: string; down: boolean }): readonly T[] {
  const by = columns.find((column) => column.key === sorted?.key)?.sort
  if (by === undefined || sorted === undefined) return rows
  const sign = sorted.down ? -1 : 1
  return [...rows].sort((one, other) => {
    const [a, b] = [by(one), by(other)]
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    return typeof a === 'number' && typeof b === 'number' ? sign * (a - b) : sign * String(a).localeCompare(String(b))
  })
}
