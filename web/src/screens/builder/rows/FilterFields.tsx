import { useFormat, useMessages } from '@/i18n/language'
import { begun, type Filter, isPercent, leavesOutUnset, type Literal, type Of, taken, type Test, testsFor } from '@/segment/filters'
import { en } from '../messages.en'
import { pt } from '../messages.pt'
import { type Choice, Count, Day, Name, type Named, Several, Span, Word, Words } from './fields'

/** A name, how it is compared, and with what; the kind of value follows the kind of the name. */
export function FilterFields(
  props: Named & {
    filter: Filter
    isOf: Of
    names: readonly (Choice & { type: string })[]
    /** How many have no value at all: they are asked about where they would be passed over. */
    unset?: number | undefined
    onChange: (filter: Filter) => void
  },
) {
  const t = useMessages({ en, pt })
  const { of, filter, isOf, onChange } = props
  const typeOf = (name: string) => props.names.find((one) => one.value === name)?.type ?? kindOf(filter)
  const type = typeOf(filter.name)
  const rename = (name: string) => {
    const next = typeOf(name)
    const test = testsFor(next, isOf).includes(filter.test) ? filter.test : (testsFor(next, isOf)[0] ?? 'is set')
    onChange({ ...filter, name, test, value: begun(test, next, filter.value) })
  }
  const known = testsFor(type, isOf)
  const shown = known.includes(filter.test) ? known : [...known, filter.test]
  return (
    <>
      <Name of={of} what={props.what} value={filter.name} choices={props.names} onChange={rename} />
      <Word
        of={of}
        what={t.comparator}
        value={filter.test}
        choices={shown.map((one) => ({ value: one, label: type === 'instant' ? (t.times[one as keyof typeof t.times] ?? t.comparators[one]) : t.comparators[one] }))}
        onChange={(next) => onChange({ ...filter, test: next as Test, value: begun(next as Test, type, filter.value) })}
      />
      <Values of={of} filter={filter} type={type} onChange={onChange} />
      <Unset {...props} />
    </>
  )
}

const kindOf = ({ value }: Filter): string => {
  const one = Array.isArray(value) ? value[0] : value
  return typeof one === 'object' ? (isPercent(one) ? 'chance' : 'instant') : typeof one === 'string' || one === undefined ? 'text' : typeof one
}

function Values(props: { of: string; filter: Filter; type: string; onChange: (filter: Filter) => void }) {
  const t = useMessages({ en, pt })
  const { of, filter } = props
  const { value } = filter
  const set = (next: Filter['value']) => props.onChange({ ...filter, value: next })
  switch (taken(filter.test)) {
    case 'nothing':
      return null
    case 'span':
      return (
        <>
          <Span of={of} what={t.span} value={(value as { span: string }).span} onChange={(span) => set({ span })} />
          {filter.test === 'comes round' ? null : <span>{t.ago}</span>}
        </>
      )
    case 'several':
      return <Several of={of} what={t.value} values={value as (string | number)[]} asNumber={props.type === 'number'} onChange={set} />
    case 'two': {
      const [low, high] = value as [Literal, Literal]
      return (
        <>
          <One of={of} what={t.from} value={low} onChange={(next) => set([next, high])} />
          <span>{t.and}</span>
          <One of={of} what={t.until} value={high} onChange={(next) => set([low, next])} />
        </>
      )
    }
    case 'one':
      return <One of={of} what={t.value} value={value as Literal} onChange={set} />
  }
}

function One(props: Named & { value: Literal; onChange: (value: Literal) => void }) {
  const t = useMessages({ en, pt })
  const { value, onChange } = props
  const named = { of: props.of, what: props.what }
  if (typeof value === 'number') return <Count {...named} value={value} onChange={onChange} />
  if (isPercent(value))
    return (
      <span style={{ display: 'inline-flex', gap: 4, alignItems: 'center' }}>
        <Count of={props.of} what={`${props.what}, %`} value={value.percent} least={0} most={100} onChange={(percent) => onChange({ percent })} />
        <span>%</span>
      </span>
    )
  if (typeof value === 'object') return <Day {...named} value={value.at} onChange={(at) => onChange({ at })} />
  if (typeof value === 'string') return <Words {...named} value={value} onChange={onChange} />
  const choices = [{ value: 'true', label: t.yes }, { value: 'false', label: t.no }]
  return <Word {...named} value={String(value)} choices={choices} onChange={(next) => onChange(next === 'true')} />
}

/** Whether people without a value are meant, too: said where it matters, never decided in silence. */
function Unset(props: { of: string; filter: Filter; unset?: number | undefined; names: readonly Choice[]; onChange: (filter: Filter) => void }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { filter, unset } = props
  if (!leavesOutUnset(filter.test) || (unset === 0 && filter.orUnset !== true)) return null
  const label = props.names.find((one) => one.value === filter.name)?.label ?? filter.name
  return (
    <span style={{ display: 'inline-flex', gap: 6, alignItems: 'center' }}>
      <span className="quiet small">{t.withoutValue(label)}</span>
      <Word
        of={props.of}
        what={t.withoutValue(label)}
        value={filter.orUnset === true ? 'in' : 'out'}
        choices={[{ value: 'out', label: t.leaveOut }, { value: 'in', label: t.takeIn }]}
        onChange={(next) => props.onChange({ ...filter, orUnset: next === 'in' })}
      />
      {unset === undefined ? null : <span className="quiet small num">({format.number(unset)})</span>}
    </span>
  )
}
