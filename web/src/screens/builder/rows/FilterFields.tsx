import { useMessages } from '@/i18n/language'
import { COMPARATORS, type Filter, type Test } from '@/segment/leaves'
import { en } from '../messages.en'
import { pt } from '../messages.pt'
import { type Choice, Count, Name, Word, Words } from './fields'

const TEXT: readonly Test[] = ['=', '!=', 'contains', 'is set', 'is not set']
const OTHER: readonly Test[] = [...COMPARATORS, 'is set', 'is not set']

/** A name, how it is compared, and with what; the kind of value follows the kind of the name. */
export function FilterFields(props: {
  of: string
  what: string
  filter: Filter
  names: readonly (Choice & { type: string })[]
  onChange: (filter: Filter) => void
}) {
  const t = useMessages({ en, pt })
  const { of, filter, onChange } = props
  const typeOf = (name: string) => props.names.find((one) => one.value === name)?.type ?? typeof filter.value
  const type = typeOf(filter.name)
  const begin = (kind: string): Filter['value'] => (kind === 'number' ? 1 : kind === 'boolean' ? true : '')
  const rename = (name: string) => {
    const next = typeOf(name)
    const fits = next === type || filter.test === 'is set' || filter.test === 'is not set'
    onChange(fits ? { ...filter, name } : { name, test: 'is set', value: '' })
  }
  const retest = (test: Test) => {
    const needs = type === 'number' || type === 'boolean' ? type : 'text'
    const has = typeof filter.value === 'string' ? 'text' : typeof filter.value
    onChange({ ...filter, test, value: needs === has ? filter.value : begin(type) })
  }
  const tests = type === 'number' ? OTHER : TEXT.filter((one) => one !== 'contains' || type !== 'boolean')
  const shown = tests.includes(filter.test) ? tests : [...tests, filter.test]
  return (
    <>
      <Name of={of} what={props.what} value={filter.name} choices={props.names} onChange={rename} />
      <Word of={of} what={t.comparator} value={filter.test} choices={shown.map((one) => ({ value: one, label: t.comparators[one] }))} onChange={(next) => retest(next as Test)} />
      {filter.test === 'is set' || filter.test === 'is not set' ? null : typeof filter.value === 'number' ? (
        <Count of={of} what={t.value} value={filter.value} onChange={(value) => onChange({ ...filter, value })} />
      ) : typeof filter.value === 'boolean' ? (
        <Word
          of={of}
          what={t.value}
          value={String(filter.value)}
          choices={[{ value: 'true', label: t.yes }, { value: 'false', label: t.no }]}
          onChange={(value) => onChange({ ...filter, value: value === 'true' })}
        />
      ) : (
        <Words of={of} what={t.value} value={filter.value} onChange={(value) => onChange({ ...filter, value })} />
      )}
    </>
  )
}
