import { Button, Textarea } from '@mantine/core'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, got, type Shapes } from '@/api/client'
import { quarantinePage } from '@/data/queries'
import { useFormat, useMessages } from '@/i18n/language'
import { uiMessages } from '@/ui/messages'
import { Card, Section } from '@/ui/Page'
import { Said } from '@/ui/Said'
import { Answered, EmptyState, Failed, Loading } from '@/ui/States'
import classes from './Data.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

type Row = Shapes['QuarantineRow']
const PAGE = 25

/** What could not become an event: looked at, mended, read again, thrown away. */
export function Quarantine() {
  const t = useMessages({ en, pt })
  const ui = useMessages(uiMessages)
  const format = useFormat()
  const [offset, setOffset] = useState(0)
  const query = useQuery({ ...quarantinePage(PAGE, offset), placeholderData: keepPreviousData })
  const replay = useReplay()
  return (
    <Section
      title={t.quarantine}
      lead={t.quarantineLead}
      aside={
        query.data && query.data.count > 0 ? (
          <Button variant="default" size="xs" loading={replay.isPending} onClick={() => replay.mutate([])}>
            {t.replay}
          </Button>
        ) : undefined
      }
    >
      <div role="status" className="quiet small">
        {replay.data ? t.replayed(format.number(replay.data.replayed), format.number(replay.data.left)) : null}
      </div>
      {replay.error ? <Failed error={replay.error} /> : null}
      <Card flush>
        <Answered query={query} loading={<div className={classes.item}><Loading lines={6} /></div>}>
          {({ items, count }) =>
            count === 0 ? (
              <EmptyState kind="nothing-yet" title={t.none} why={t.noneWhy} />
            ) : (
              <>
                {items.map((row) => (
                  <Item key={row.id} row={row} replay={(id) => replay.mutate([id])} />
                ))}
                {count > PAGE ? (
                  <div className={classes.pager}>
                    <Button size="compact-sm" variant="default" disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - PAGE))}>
                      {ui.previous}
                    </Button>
                    <span className="num">{ui.rows(format.number(offset + 1), format.number(offset + items.length), format.number(count))}</span>
                    <Button size="compact-sm" variant="default" disabled={offset + PAGE >= count} onClick={() => setOffset(offset + PAGE)}>
                      {ui.next}
                    </Button>
                  </div>
                ) : null}
              </>
            )
          }
        </Answered>
      </Card>
    </Section>
  )
}

function useReplay() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (ids: string[]) => got(api.POST('/api/v1/quarantine/replay', { body: { ids } })),
    onSuccess: () => client.invalidateQueries(),
  })
}

function Item(props: { row: Row; replay: (id: string) => void }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const [open, setOpen] = useState(false)
  const { row } = props
  return (
    <div className={classes.item}>
      <div className={classes.itemHead}>
        <div>
          <div className={classes.said}>
            <Said>{row.reason}</Said>
          </div>
          <div className={classes.sub}>
            {[row.source, row.row === null ? null : t.row(format.number(row.row)), format.moment(row.received_at)].filter(Boolean).join(' · ')}
          </div>
        </div>
        <Button size="compact-sm" variant="default" aria-expanded={open} aria-label={open ? undefined : t.lookAt(row.reason)} onClick={() => setOpen(!open)}>
          {open ? t.hide : t.look}
        </Button>
      </div>
      {open ? <Mending row={row} replay={props.replay} /> : null}
    </div>
  )
}

function Mending(props: { row: Row; replay: (id: string) => void }) {
  const t = useMessages({ en, pt })
  const ui = useMessages(uiMessages)
  const client = useQueryClient()
  const { row } = props
  const path = { item: row.id }
  const [raw, setRaw] = useState(row.raw)
  const [sure, setSure] = useState(false)
  const mend = useMutation({
    mutationFn: () => got(api.PUT('/api/v1/quarantine/{item}', { params: { path }, body: { raw } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['data', 'quarantine'] }),
  })
  const drop = useMutation({
    mutationFn: () => got(api.DELETE('/api/v1/quarantine/{item}', { params: { path } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['data'] }),
  })
  const wrong = mend.error ?? drop.error
  return (
    <>
      <Textarea label={t.raw} value={raw} onChange={(event) => setRaw(event.currentTarget.value)} autosize minRows={2} maxRows={12} className={classes.raw} spellCheck={false} />
      <div className={classes.actions}>
        <Button size="xs" disabled={raw === row.raw || raw.trim() === ''} loading={mend.isPending} onClick={() => mend.mutate()}>
          {t.mend}
        </Button>
        <Button size="xs" variant="default" onClick={() => props.replay(row.id)}>
          {t.replayOne}
        </Button>
        {sure ? (
          <>
            <Button size="xs" color="red" loading={drop.isPending} onClick={() => drop.mutate()}>
              {t.drop}
            </Button>
            <Button size="xs" variant="default" onClick={() => setSure(false)}>
              {ui.cancel}
            </Button>
            <span className="quiet small">{t.dropAsk}</span>
          </>
        ) : (
          <Button size="xs" variant="subtle" color="red" onClick={() => setSure(true)}>
            {t.drop}
          </Button>
        )}
      </div>
      <div role="status" className="quiet small">
        {mend.isSuccess ? t.mended : null}
      </div>
      {wrong ? <Failed error={wrong} /> : null}
    </>
  )
}
