import { useMessages } from '@/i18n/language'
import { spanOf } from '@/segment/leaves'
import type { Node } from '@/segment/tree'
import { en } from '../messages.en'
import { pt } from '../messages.pt'
import { Count, Day, Word } from './fields'

const FORMS = ['ever', 'in_last', 'between_ago', 'since', 'before', 'from_to'] as const
type Form = (typeof FORMS)[number]
const UNITS = ['m', 'h', 'd', 'w', 'mo', 'y'] as const

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

/** When it happened: every window of the language. */
export function WindowFields(props: { of: string; window: Node | undefined; onChange: (window: Node | undefined) => void }) {
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
      <Word of={of} what={t.when} value={form} choices={FORMS.map((one) => ({ value: one, label: t.windows[one] }))} onChange={(next) => onChange(BEGIN[next as Form]())} />
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

function Span(props: { of: string; what: string; value: string; onChange: (span: string) => void }) {
  const t = useMessages({ en, pt })
  const { count, unit } = spanOf(props.value)
  return (
    <>
      <Count of={props.of} what={props.what} value={count} least={1} onChange={(value) => value >= 1 && props.onChange(`${Math.round(value)}${unit}`)} />
      <Word
        of={props.of}
        what={`${props.what}, ${t.unit}`}
        value={unit}
        choices={UNITS.map((one) => ({ value: one, label: t.units[one] }))}
        onChange={(next) => props.onChange(`${count}${next}`)}
      />
    </>
  )
}
