import { useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import { isNumeric, isOfProperty, isTime, MEASURES, type Measure, type Measured } from '@/segment/deeds'
import type { Ranked } from '@/segment/leaves'
import { useBuilding } from '../context'
import { en } from '../messages.en'
import { pt } from '../messages.pt'
import { Count, Name, Word } from './fields'
import { CircumstanceFields, EventFields, PropertyField, useProperties } from './SelectionFields'

const EVERYBODY = '*'

/** Among the highest or the lowest by a number: everyone else is the measure. */
export default function RankedFields(props: { of: string; row: Ranked; onChange: (row: Ranked) => void }) {
  const t = useMessages({ en, pt })
  const { words } = useBuilding()
  const { of, row, onChange } = props
  const numbers = words.traits.filter((one) => one.type === 'number').map((one) => ({ value: one.name, label: one.title ?? wordsOf(one.name) }))
  const events = words.events.map((one) => ({ value: one.name, label: wordsOf(one.name) }))
  const isTrait = 'trait' in row.by
  const begin = (): Measured => ({ measure: 'count', events: [events[0]?.value ?? ''], property: undefined, filters: [], window: undefined })
  return (
    <>
      <Word
        of={of}
        what={t.end}
        value={row.bottom ? 'bottom' : 'top'}
        choices={[{ value: 'top', label: t.highest }, { value: 'bottom', label: t.lowest }]}
        onChange={(end) => onChange({ ...row, bottom: end === 'bottom' })}
      />
      <Count of={of} what={t.percent} value={row.percent} least={0.0001} most={100} onChange={(percent) => onChange({ ...row, percent })} />
      <span>{t.percentBy}</span>
      <Word
        of={of}
        what={t.by}
        value={isTrait ? 'trait' : 'deed'}
        choices={[{ value: 'deed', label: t.byDeed }, ...(numbers.length > 0 || isTrait ? [{ value: 'trait', label: t.byTrait }] : [])]}
        onChange={(next) => onChange({ ...row, by: next === 'trait' ? { trait: numbers[0]?.value ?? '' } : begin() })}
      />
      {'trait' in row.by ? (
        <Name of={of} what={t.trait} value={row.by.trait} choices={numbers} onChange={(trait) => onChange({ ...row, by: { trait } })} />
      ) : (
        <MeasuredFields of={of} row={row.by} onChange={(by) => onChange({ ...row, by })} />
      )}
      <span>{t.amongThose}</span>
      <Name
        of={of}
        what={t.amongThose}
        value={row.among ?? EVERYBODY}
        choices={[{ value: EVERYBODY, label: t.amongAll }, ...events.map((one) => ({ ...one, label: t.amongWhoDid(one.label) }))]}
        onChange={(among) => onChange({ ...row, among: among === EVERYBODY ? undefined : among })}
      />
    </>
  )
}

function MeasuredFields(props: { of: string; row: Measured; onChange: (row: Measured) => void }) {
  const t = useMessages({ en, pt })
  const { of, row, onChange } = props
  const properties = useProperties(row.events)
  const numeric = properties.filter((one) => one.type === 'number')
  const shown = MEASURES.filter((one) => !isTime(one) && (!isOfProperty(one) || (isNumeric(one) ? numeric : properties).length > 0))
  const choose = (measure: Measure) => {
    const known = isNumeric(measure) ? numeric : properties
    const property = isOfProperty(measure) ? (known.find((one) => one.value === row.property) ?? known[0])?.value : undefined
    onChange({ ...row, measure, property })
  }
  const choices = [...new Set([...shown, row.measure])].map((one) => ({ value: one, label: t.measures[one] }))
  return (
    <>
      <Word of={of} what={t.measure} value={row.measure} choices={choices} onChange={(next) => choose(next as Measure)} />
      <PropertyField of={of} row={row} onChange={onChange} />
      <EventFields of={of} row={row} onChange={onChange} />
      <CircumstanceFields of={of} row={row} onChange={onChange} />
    </>
  )
}
