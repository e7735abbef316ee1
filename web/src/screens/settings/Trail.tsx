import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Shapes } from '@/api/client'
import { useFormat, useMessages } from '@/i18n/language'
import { type Column, DataTable } from '@/ui/DataTable'
import { Card } from '@/ui/Page'
import { Answered } from '@/ui/States'
import { settingsMessages } from './messages'
import { auditTrail } from './queries'
import classes from './Settings.module.css'

type Entry = Shapes['TrailRow'] & { place: number }
const MOST = 100

/** Whatever was noted, on one line: what stands inside another in brackets. */
const noted = (value: unknown): string =>
  Array.isArray(value)
    ? value.map(noted).join(', ')
    : value !== null && typeof value === 'object'
      ? Object.entries(value).map(([key, one]) => `${key}: ${isNested(one) ? `(${noted(one)})` : noted(one)}`).join(', ')
      : String(value ?? '–')
const isNested = (value: unknown) => value !== null && typeof value === 'object' && Object.keys(value).length > 1
const detailOf = (row: Shapes['TrailRow']) => noted(row.detail)

/** Who did what, and when. */
export default function Trail() {
  const t = useMessages(settingsMessages)
  const format = useFormat()
  const trail = useQuery(auditTrail)
  const [sought, setSought] = useState('')
  const columns: Column<Entry>[] = [
    { key: 'at', title: t.when, header: true, tight: true, cell: (row) => format.moment(row.at) },
    { key: 'who', title: t.who, from: 'sm', cell: (row) => row.actor },
    {
      key: 'what',
      title: t.what,
      tight: true,
      cell: (row) => (
        <>
          <code className="name">{row.action}</code>
          <div className={classes.subject}>{row.subject}</div>
          <div className={classes.actor}>{row.actor}</div>
        </>
      ),
    },
    { key: 'detail', title: t.detail, from: 'md', wide: true, cell: (row) => <span className={classes.detail}>{detailOf(row)}</span> },
  ]
  return (
    <>
      <p className="quiet">{t.trailLead}</p>
      <TextInput type="search" aria-label={t.find} placeholder={t.find} value={sought} onChange={(event) => setSought(event.currentTarget.value)} style={{ maxWidth: 360 }} />
      <Answered query={trail}>
        {(found) => {
          const words = sought.trim().toLowerCase()
          const rows = found
            .map((row, place) => ({ ...row, place }))
            .filter((row) => words === '' || `${row.actor} ${row.action} ${row.subject} ${detailOf(row)}`.toLowerCase().includes(words))
          return (
            <Card flush>
              <DataTable label={t.tabs.trail} rows={rows.slice(0, MOST)} columns={columns} keyOf={(row) => String(row.place)} empty={<p className="quiet">{t.nothing}</p>} />
            </Card>
          )
        }}
      </Answered>
    </>
  )
}
