import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { audienceMessages } from '@/audience/messages'
import { isTwice, ONLY, type Variant } from '@/campaigns/draft'
import { useMessages } from '@/i18n/language'
import classes from './Compose.module.css'
import type { PartOfForm } from './Compose'
import { en } from './messages.en'
import { pt } from './messages.pt'

const CHANNELS = ['email', 'sms', 'push', 'webhook', 'ticket', 'preferred'] as const
const MOST = 20

/** The channel, and each message with its parts. */
export function What(props: PartOfForm & { change: (variants: readonly Variant[]) => void }) {
  const t = useMessages({ en, pt })
  const channels = useMessages(audienceMessages).channels
  const { draft, put, change } = props
  const { variants } = draft
  const channel = draft.fields.channel ?? 'email'
  const with_ = (place: number, next: Partial<Variant>) => change(variants.map((one, at) => (at === place ? { ...one, ...next } : one)))
  const add = () => {
    const named = variants.map((one) => (one.name === ONLY && variants.length === 1 ? { ...one, name: 'a' } : one))
    const free = 'abcdefghijklmnopqrstuvwxyz'.split('').find((letter) => !named.some((one) => one.name === letter)) ?? 'other'
    change([...named, { name: free, subject: named.at(-1)?.subject, text: named.at(-1)?.text, html: named.at(-1)?.html }])
  }
  const remove = (place: number) => {
    const left = variants.filter((_, at) => at !== place)
    change(left.length === 1 && left[0] !== undefined ? [{ ...left[0], name: ONLY, weight: undefined }] : left)
  }
  return (
    <div className={classes.parts}>
      <div className={classes.fields}>
        <NativeSelect
          label={t.channel}
          value={channel}
          data={CHANNELS.map((one) => ({ value: one, label: one === 'preferred' ? t.preferred : (channels[one] ?? one) }))}
          onChange={(event) => put({ channel: event.currentTarget.value })}
        />
        <TextInput className={`${classes.whole} ${classes.mono}`} label={t.items} description={t.itemsHint} spellCheck={false} value={draft.fields.items ?? ''} onChange={(event) => put({ items: event.currentTarget.value })} />
      </div>
      {variants.map((one, place) => (
        <fieldset key={place} className={variants.length === 1 ? classes.alone : classes.variant}>
          <legend>{t.variant(one.name)}</legend>
          {variants.length === 1 ? null : (
            <div className={classes.head}>
              <TextInput label={t.variantName} value={one.name} required pattern="[A-Za-z_][A-Za-z0-9_]*" error={isTwice(variants, one.name) ? t.twice : undefined} onChange={(event) => with_(place, { name: event.currentTarget.value })} />
              <TextInput label={t.weight} type="number" min={0} step="any" value={one.weight ?? 1} onChange={(event) => with_(place, { weight: event.currentTarget.value === '' ? undefined : Number(event.currentTarget.value) })} />
              <Button variant="subtle" color="red" aria-label={t.removeVariant(one.name)} onClick={() => remove(place)}>
                {t.removeVariant(one.name)}
              </Button>
            </div>
          )}
          <TextInput label={t.subject} required={channel === 'email' || channel === 'preferred'} value={one.subject ?? ''} onChange={(event) => with_(place, { subject: event.currentTarget.value })} />
          <Textarea label={t.text} description={t.textHint} autosize minRows={5} maxRows={20} value={one.text ?? ''} onChange={(event) => with_(place, { text: event.currentTarget.value })} />
          <Textarea className={classes.mono} label={t.html} autosize minRows={2} maxRows={20} spellCheck={false} value={one.html ?? ''} onChange={(event) => with_(place, { html: event.currentTarget.value })} />
          <TextInput label={t.offer} description={t.offerHint} value={one.offer ?? ''} onChange={(event) => with_(place, { offer: event.currentTarget.value })} />
        </fieldset>
      ))}
      {variants.length < MOST ? (
        <div>
          <Button variant="default" size="xs" onClick={add}>
            {t.addVariant}
          </Button>
        </div>
      ) : null}
    </div>
  )
}
