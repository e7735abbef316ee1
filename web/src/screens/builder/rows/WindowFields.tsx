import { useMessages } from '@/i18n/language'
import type { Node } from '@/segment/tree'
import { en } from '../messages.en'
import { pt } from '../messages.pt'
import { Day, Span, Word } from './fields'

/** `ever` says the same as none. */
const FORMS = ['ever', 'in_last', 'between_ago', 'since', 'before', 'from_to'] as const
type Form = (typeof FORMS)[number]

const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10)
const instant = (text: string): Node => ({ form: 'instant', text })
const BEGIN: Record<Form, () => Node | undefined> = {
  ever: () => undefined,
  in_last: () => ({ form: 'in_last', span: '30d' }),
  between_ago: () => ({ form: 'between_ago', older: '60d', newer: '30d' }),
  since: () => ({ form: 'since', start: instant(day(90)) }),
  before: () => ({ form: 'before', end: instant(day(90)) }),
  from_to: () => ({ form: 'from_to', start: instant(day(90)), end: instant(day(0)) }),
}

/** When it happened: every window of the language; `needed` where there has to be one. */
export function WindowFields(props: { of: string; window: Node | undefined; needed?: boolean; onChange: (window: Node | undefined) => void }) {
  const t = useMessages({ en, pt })
  const { of, window, onChange } = props
  const form = (window?.form ?? 'ever') as Form
  const span = (key: string, what: string) => (
    <Span of={of} what={what} value={window?.[key] as string} onChange={(value) => onChange({ ...(window as Node), [key]: value })} />
  )
  const date = (key: string, what: string) => (
    <Day of={of} what={what} value={(window?.[key] as Node).text as string} onChange={(value) => onChange({ ...(window as Node), [key]: instant(value) })} />
  )
  return (
    <>
      <Word of={of} what={t.when} value={form} choices={FORMS.filter((one) => one !== 'ever' || props.needed !== true).map((one) => ({ value: one, label: t.windows[one] }))} onChange={(next) => onChange(BEGIN[next as Form]())} />
      {form === 'in_last' ? span('span', t.span) : null}
      {form === 'between_ago' ? (
        <>
          {span('older', `${t.span} 1`)}
          {span('newer', `${t.span} 2`)}
        </>
      ) : null}
      {form === 'since' || form === 'from_to' ? date('start', t.date) : null}
      {form === 'before' || form === 'from_to' ? date('end', t.until) : null}
    </>
  )
}
