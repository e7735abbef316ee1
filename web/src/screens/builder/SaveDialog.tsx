import { Button, TextInput, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { api, got, Problem, type Shapes } from '@/api/client'
import { addressOf } from '@/app/address'
import { useFormat, useMessages } from '@/i18n/language'
import { Dialog } from '@/ui/Dialog'
import { Said } from '@/ui/Said'
import { Answered, EmptyState, Failed } from '@/ui/States'
import classes from './Builder.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

const nameFrom = (title: string) =>
  title.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_+$/g, '')

/** What saving changes, before it is saved: who joins, who leaves, what else reads it. */
export default function SaveDialog(props: { text: string; existing: string | undefined; close: () => void; saved: () => void }) {
  const t = useMessages({ en, pt })
  const client = useQueryClient()
  const [, go] = useLocation()
  const [title, setTitle] = useState('')
  const [typed, setTyped] = useState<string | null>(null)
  const [why, setWhy] = useState('')
  const name = props.existing ?? typed ?? nameFrom(title)
  const body = { text: props.text, title: title || null, why: why || null }
  const { existing, text } = props
  const plan = useQuery({
    queryKey: ['plan', existing, text],
    staleTime: 0,
    enabled: existing !== undefined,
    queryFn: ({ signal }) =>
      got(api.POST('/api/v1/segments/{name}/plan', { params: { path: { name: existing ?? '' } }, body: { text }, signal })),
  })
  const saving = useMutation({
    mutationFn: () => got(api.PUT('/api/v1/segments/{name}', { params: { path: { name } }, body })),
    onSuccess: async () => {
      props.saved()
      await client.invalidateQueries({ queryKey: ['segments'] })
      go(addressOf.segment(name))
    },
  })
  return (
    <Dialog close={props.close} title={t.saveTitle} size="lg">
      <form
        style={{ display: 'grid', gap: 14 }}
        onSubmit={(event) => {
          event.preventDefault()
          saving.mutate()
        }}
      >
        {props.existing === undefined ? (
          <>
            <TextInput label={t.title} description={t.titleHint} value={title} onChange={(event) => setTitle(event.currentTarget.value)} required data-autofocus />
            <TextInput label={t.name} description={t.nameHint} value={name} onChange={(event) => setTyped(event.currentTarget.value)} required pattern="[a-z][a-z0-9_]*" />
            <Textarea label={t.why} value={why} onChange={(event) => setWhy(event.currentTarget.value)} autosize minRows={2} />
          </>
        ) : (
          <Changes plan={plan} />
        )}
        {saving.error ? <Failed error={saving.error} /> : null}
        <Button type="submit" loading={saving.isPending} disabled={(plan.data?.problems.length ?? 0) > 0 || (saving.error instanceof Problem && saving.error.status === 403)}>
          {t.confirm}
        </Button>
      </form>
    </Dialog>
  )
}

function Changes(props: { plan: UseQueryResult<Shapes['Plan']> }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  return (
    <div>
      <strong>{t.whatChanges}</strong>
      <Answered query={props.plan}>
        {(found) =>
          found.problems.length > 0 ? (
            <EmptyState kind="failed" title={t.cannotSave} why={found.problems.map((one) => <div key={String(one.message)}><Said>{String(one.message)}</Said></div>)} />
          ) : found.segments.length === 0 ? (
            <p className="quiet">{t.noChange}</p>
          ) : (
            <ul className={classes.plan}>
              {found.segments.map((one) => (
                <li key={one.name} className="num">
                  {t.changed(one.name, format.number(one.size_before), format.number(one.size_after))}{' '}
                  <span className="quiet">
                    · {t.moves(format.number(one.entering), format.number(one.leaving))}
                    {one.dependants.length > 0 ? ` · ${t.usedBy(format.list(one.dependants))}` : ''}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </div>
  )
}
