import { Button, CopyButton } from '@mantine/core'
import { ChartLine, Table } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { useMessages } from '@/i18n/language'
import { EmptyState } from '@/ui/States'
import { uiMessages } from '@/ui/messages'
import classes from './ChartFrame.module.css'
import { useWidth } from './useWidth'

/** The numbers of a chart, for those who read them. */
export interface ChartTable {
  columns: readonly string[]
  rows: readonly (readonly (string | number)[])[]
}

/** What every chart has: what it found, what is measured, and the same as a table to copy. */
export function ChartFrame(props: {
  title: string
  subtitle?: ReactNode
  table: ChartTable
  aside?: ReactNode
  /** Draws into so many pixels. */
  children: (width: number) => ReactNode
}) {
  const t = useMessages(uiMessages)
  const id = useId()
  const [asTable, setAsTable] = useState(false)
  const [watch, width] = useWidth()
  const Icon = asTable ? ChartLine : Table
  const csv = [props.table.columns, ...props.table.rows].map((row) => row.join('\t')).join('\n')
  return (
    <figure className={classes.frame} aria-labelledby={id}>
      <div className={classes.head}>
        <figcaption className={classes.said}>
          <div id={id} className={classes.title}>
            {props.title}
          </div>
          {props.subtitle ? <div className={classes.subtitle}>{props.subtitle}</div> : null}
        </figcaption>
        <div className={`${classes.tools} no-print`}>
          {props.aside}
          {asTable ? (
            <CopyButton value={csv}>
              {({ copied, copy }) => (
                <Button size="compact-xs" variant="subtle" color="gray" onClick={copy}>
                  {copied ? t.copied : t.copyTable}
                </Button>
              )}
            </CopyButton>
          ) : null}
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            className={classes.toggle}
            leftSection={<Icon size={14} aria-hidden />}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? t.showChart : t.showTable}
          </Button>
        </div>
      </div>
      {props.table.rows.length === 0 ? (
        <EmptyState kind="nothing-yet" title={t.noData} />
      ) : asTable ? (
        <Numbers table={props.table} label={props.title} />
      ) : (
        <div ref={watch} className={classes.drawing}>
          {props.children(width)}
        </div>
      )}
    </figure>
  )
}

function Numbers(props: { table: ChartTable; label: string }) {
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={props.label}>
      <table className={classes.table}>
        <thead>
          <tr>
            {props.table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.table.rows.map((row) => (
            <tr key={row.join('|')}>
              {row.map((cell, place) =>
                place === 0 ? (
                  <th key={place} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={place} className="num">
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
