import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { api, got, type Shapes } from '@/api/client'
import { projectFacts, whoAmI } from '@/api/queries'
import { importsMade, servingStatus } from '@/data/queries'
import { useFormat, useMessages } from '@/i18n/language'
import { uiMessages } from '@/ui/messages'
import { type Column, DataTable } from '@/ui/DataTable'
import { Dialog } from '@/ui/Dialog'
import { Card, Section } from '@/ui/Page'
import { Stat, Stats } from '@/ui/Stat'
import { Answered, EmptyState, Failed, Loading } from '@/ui/States'
import classes from './Data.module.css'
import { en } from './messages.en'
import { Places } from './Places'
import { pt } from './messages.pt'

type Row = Shapes['ImportRow']

/** What comes in, and what was read from files. */
export function Sources() {
  const t = useMessages({ en, pt })
  return (
    <>
      <MadeUp />
      <Live />
      <Places />
      <Section title={t.imports} lead={t.importsLead} aside={<Bring />}>
        <Card flush>
          <Answered query={useQuery(importsMade)} loading={<div className={classes.item}><Loading lines={5} /></div>}>
            {(rows) => (rows.length === 0 ? <EmptyState kind="nothing-yet" title={t.noImports} why={t.noImportsWhy} /> : <Imports rows={rows} />)}
          </Answered>
        </Card>
      </Section>
    </>
  )
}

/** A shop that is made up says so, and goes when it is not wanted any more. */
function MadeUp() {
  const t = useMessages({ en, pt })
  const client = useQueryClient()
  const isSample = useQuery(projectFacts).data?.sample ?? false
  const mayRemove = useQuery(whoAmI).data?.actions.includes('manage') ?? false
  const remove = useMutation({ mutationFn: () => got(api.DELETE('/api/v1/data/sample')), onSuccess: () => client.invalidateQueries() })
  if (!isSample) return null
  return (
    <Card>
      <div className={classes.itemHead}>
        <div>
          <strong>{t.madeUp}</strong>
          <p className={classes.note}>{t.madeUpWhy}</p>
        </div>
        {mayRemove ? (
          <Button size="xs" variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t.madeUpEnd}
          </Button>
        ) : null}
      </div>
      {remove.error ? <Failed error={remove.error} /> : null}
    </Card>
  )
}

function Bring() {
  const t = useMessages({ en, pt })
  const mayBring = useQuery(whoAmI).data?.actions.includes('define') ?? false
  if (!mayBring) return null
  return (
    <div className={classes.actions}>
      <Button component={Link} href="/data/connect" size="xs" variant="default">
        {t.connect}
      </Button>
      <Button component={Link} href="/data/import" size="xs">
        {t.bring}
      </Button>
    </div>
  )
}

function Live() {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const query = useQuery(servingStatus)
  return (
    <Section title={t.live} lead={query.data ? t.liveLead(format.moment(query.data.started_at)) : query.error ? undefined : '\u00a0'}>
      <Answered query={query} loading={<Card><Loading lines={2} /></Card>}>
        {(status) => (
          <Stats>
            <Stat label={t.events} value={format.number(status.events)} note={status.trouble ?? (status.ready ? t.ready : t.notReady)} />
            <Stat label={t.duplicates} value={format.number(status.duplicates)} />
            <Stat label={t.refused} value={format.number(status.quarantined)} />
            <Stat label={t.waiting} value={format.number(status.waiting)} />
          </Stats>
        )}
      </Answered>
    </Section>
  )
}

function Imports(props: { rows: readonly Row[] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const mayUndo = useQuery(whoAmI).data?.actions.includes('manage') ?? false
  const [asked, ask] = useState<Row | null>(null)
  const columns: Column<Row>[] = [
    {
      key: 'file',
      title: t.file,
      header: true,
      wide: true,
      cell: (row) => (
        <>
          <span className={row.undone_at === null ? classes.name : classes.gone}>{row.file}</span>
          <div className={classes.sub}>{format.moment(row.imported_at)}</div>
        </>
      ),
    },
    { key: 'rows', title: t.rows, align: 'end', from: 'sm', cell: (row) => format.number(row.rows) },
    { key: 'imported', title: t.imported, align: 'end', cell: (row) => format.number(row.imported) },
    { key: 'duplicates', title: t.duplicates, align: 'end', from: 'md', cell: (row) => format.number(row.duplicates) },
    { key: 'rejected', title: t.rejected, align: 'end', from: 'sm', cell: (row) => format.number(row.rejected) },
    {
      key: 'state',
      title: t.state,
      cell: (row) =>
        row.undone_at !== null ? (
          <span className="quiet small">{t.undone(format.day(row.undone_at))}</span>
        ) : mayUndo ? (
          <Button size="compact-sm" variant="default" aria-label={t.undoOf(row.file)} onClick={() => ask(row)}>
            {t.undo}
          </Button>
        ) : (
          t.counts
        ),
    },
  ]
  return (
    <>
      <DataTable label={t.imports} rows={[...props.rows].reverse()} columns={columns} keyOf={(row) => String(row.id)} />
      {asked === null ? null : <Undo row={asked} close={() => ask(null)} />}
    </>
  )
}

function Undo(props: { row: Row; close: () => void }) {
  const t = useMessages({ en, pt })
  const ui = useMessages(uiMessages)
  const format = useFormat()
  const client = useQueryClient()
  const { row } = props
  const undo = useMutation({
    mutationFn: () => got(api.POST('/api/v1/data/imports/{number}/undo', { params: { path: { number: row.id } } })),
    onSuccess: () => {
      props.close()
      void client.invalidateQueries()
    },
  })
  return (
    <Dialog close={props.close} title={t.undoAsk(row.file)}>
      <p>{t.undoWhy(format.number(row.imported))}</p>
      {undo.error ? <Failed error={undo.error} /> : null}
      <div className={classes.actions}>
        <Button color="red" loading={undo.isPending} onClick={() => undo.mutate()}>
          {t.undoDo}
        </Button>
        <Button variant="default" onClick={props.close}>
          {ui.cancel}
        </Button>
      </div>
    </Dialog>
  )
}
