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

const detailOf = (row: Shapes['TrailRow']) => Object.entries(row.detail).map(([key, value]) => `${key}: ${String(value)}`).join(', ')

/** Who did what, and when. */
export default function Trail() {
  const t = useMessages(settingsMessages)
  const format = useFormat()
  const trail = useQuery(auditTrail)
  const [sought, setSought] = useState('')
  const columns: Column<Entry>[] = [
    { key: 'at', title: t.when, header: true, cell: (row) => format.moment(row.at) },
    { key: 'who', title: t.who, cell: (row) => row.actor },
    { key: 'what', title: t.what, cell: (row) => <code className="name">{row.action}</code> },
    { key: 'to', title: t.to, from: 'sm', cell: (row) => row.subject },
    { key: 'detail', title: t.detail, from: 'md', cell: (row) => <span className={classes.detail}>{detailOf(row)}</span> },
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
