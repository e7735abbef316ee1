import { useMessages } from '@/i18n/language'
import { type Deed, isNumeric, isOfProperty, isTime, MEASURES, type Measure } from '@/segment/deeds'
import { COMPARATORS, type Comparator } from '@/segment/filters'
import { en } from '../messages.en'
import { pt } from '../messages.pt'
import { Count, Span, Word } from './fields'
import { CircumstanceFields, EventFields, PropertyField, useProperties } from './SelectionFields'

const TIMES: readonly Comparator[] = ['>', '<=', '>=', '<']

/** Something they did: read from left to right it is the sentence. */
export function DeedFields(props: { of: string; row: Deed; onChange: (row: Deed) => void }) {
  const t = useMessages({ en, pt })
  const { of, row, onChange } = props
  const properties = useProperties(row.events)
  const numeric = properties.filter((one) => one.type === 'number')
  const measure = row.measure === 'did' && row.negated ? 'didNot' : row.measure
  const fits = (one: Measure) => !isOfProperty(one) || (isNumeric(one) ? numeric : properties).length > 0
  const choose = (next: string) => {
    const isDid = next === 'did' || next === 'didNot'
    const property = isNumeric(next) ? (numeric.find((one) => one.value === row.property)?.value ?? numeric[0]?.value) : isOfProperty(next) ? (row.property ?? properties[0]?.value) : undefined
    const comparator = isTime(next) && !TIMES.includes(row.comparator) ? '>' : row.comparator
    onChange({ ...row, measure: isDid ? 'did' : (next as Measure), negated: next === 'didNot', property, comparator })
  }
  const reevent = (next: Deed) => {
    const isLost = isOfProperty(next.measure) && !properties.some((one) => one.value === next.property)
    onChange(isLost ? { ...next, measure: 'count', property: undefined } : next)
  }
  const isWhen = isTime(row.measure)
  const shown = ['did', 'didNot', ...MEASURES.filter(fits)]
  const comparators = isWhen ? TIMES : COMPARATORS
  return (
    <>
      <Word of={of} what={t.measure} value={measure} choices={shown.map((one) => ({ value: one, label: t.measures[one as keyof typeof t.measures] }))} onChange={choose} />
      <PropertyField of={of} row={row} onChange={onChange} />
      <EventFields of={of} row={row} onChange={reevent} />
      {row.measure === 'did' ? null : (
        <>
          <Word of={of} what={t.comparator} value={row.comparator} choices={comparators.map((one) => ({ value: one, label: t.comparators[one] }))} onChange={(next) => onChange({ ...row, comparator: next as Comparator })} />
          {isWhen ? (
            <>
              <Span of={of} what={t.span} value={row.span} onChange={(span) => onChange({ ...row, span })} />
              <span>{t.ago}</span>
            </>
          ) : (
            <Count of={of} what={t.number} value={row.number} onChange={(number) => onChange({ ...row, number })} />
          )}
        </>
      )}
      <CircumstanceFields of={of} row={row} onChange={onChange} />
    </>
  )
}
