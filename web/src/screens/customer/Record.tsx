import { Autocomplete, Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, got } from '@/api/client'
import { wordsKnown } from '@/audience/queries'
import { useMessages } from '@/i18n/language'
import { Dialog } from '@/ui/Dialog'
import { uiMessages } from '@/ui/messages'
import { Failed } from '@/ui/States'
import classes from './Consent.module.css'
import { consentMessages } from './consent.messages'

/** What is to be recorded: of a purpose, a channel, or the list of those never written to. */
export interface Wanted {
  kind: 'consent' | 'subscription' | 'suppression'
  about: string
  state: string
}

const STATES = { consent: ['granted', 'denied'], subscription: ['unsubscribed', 'subscribed'], suppression: ['suppressed', 'lifted'] } as const
const CHANNELS = ['email', 'sms', 'push', 'all'] as const

/** Records what somebody said, on their behalf, with where they said it. */
export function Record(props: { user: string; wanted: Wanted; close: (saved: boolean) => void }) {
  const t = useMessages(consentMessages)
  const ui = useMessages(uiMessages)
  const client = useQueryClient()
  const words = useQuery(wordsKnown)
  const { wanted } = props
  const isOpen = wanted.about === ''
  const [kind, setKind] = useState(wanted.kind)
  const [about, setAbout] = useState(wanted.about)
  const [state, setState] = useState(wanted.state)
  const saving = useMutation({
    mutationFn: (beside: { source: string; wording?: string; proof?: string; reason?: string }) => recorded(props.user, { kind, about, state }, beside),
    onSuccess: async () => {
      await client.invalidateQueries() // counts, reasons and audiences follow what people said
      props.close(true)
    },
  })
  const turn = (next: Wanted['kind']) => {
    setKind(next)
    setState(STATES[next][0])
    setAbout(next === 'consent' ? '' : 'all')
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '').trim() || undefined
    saving.mutate({ source: text('source') ?? '', wording: text('wording'), proof: text('proof'), reason: text('reason') })
  }
  return (
    <Dialog close={() => props.close(false)} title={t.record}>
      <form className={classes.form} onSubmit={submit}>
        {isOpen ? (
          <NativeSelect
            label={t.kind}
            value={kind}
            data={(['consent', 'subscription', 'suppression'] as const).map((one) => ({ value: one, label: t.kinds[one] }))}
            onChange={(event) => turn(event.currentTarget.value as Wanted['kind'])}
          />
        ) : null}
        {kind === 'consent' ? (
          isOpen ? (
            <Autocomplete label={t.purpose} placeholder={t.purposeHint} value={about} onChange={setAbout} data={words.data?.purposes ?? []} required maxLength={200} />
          ) : (
            <TextInput label={t.purpose} value={about} readOnly />
          )
        ) : (
          <NativeSelect
            label={t.channel}
            value={about}
            disabled={!isOpen}
            data={[...new Set([...CHANNELS, about])].map((one) => ({ value: one, label: t.channelNames[one] ?? one }))}
            onChange={(event) => setAbout(event.currentTarget.value)}
          />
        )}
        <NativeSelect
          label={t.said}
          value={state}
          data={STATES[kind].map((one) => ({ value: one, label: t.sayings[one] ?? one }))}
          onChange={(event) => setState(event.currentTarget.value)}
        />
        <TextInput name="source" label={t.source} description={t.sourceHint} required maxLength={200} data-autofocus />
        {kind === 'consent' ? (
          <>
            <TextInput name="wording" label={t.wording} description={t.wordingHint} maxLength={200} />
            <TextInput name="proof" label={t.proof} description={t.proofHint} maxLength={200} />
          </>
        ) : (
          <TextInput name="reason" label={t.reason} maxLength={200} />
        )}
        {saving.error ? <Failed error={saving.error} /> : null}
        <div className={classes.buttons}>
          <Button type="submit" loading={saving.isPending}>
            {t.save}
          </Button>
          <Button variant="default" onClick={() => props.close(false)}>
            {ui.cancel}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function recorded(user: string, { kind, about, state }: Wanted, beside: { source: string; wording?: string; proof?: string; reason?: string }): Promise<unknown> {
  const { source, wording, proof, reason } = beside
  if (kind === 'consent') return got(api.POST('/api/v1/people/consent', { body: { user, purpose: about.trim(), state, source, wording, proof } }))
  const body = { user, channel: about, state, source, reason }
  return kind === 'subscription' ? got(api.POST('/api/v1/people/subscription', { body })) : got(api.POST('/api/v1/people/suppression', { body }))
}
