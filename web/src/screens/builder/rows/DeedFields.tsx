import { ActionIcon, Button } from '@mantine/core'
import { Plus, X } from 'lucide-react'
import { useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import { COMPARATORS, type Comparator, type Deed, type Filter, type Measure, NUMERIC } from '@/segment/leaves'
import classes from '../Builder.module.css'
import { useBuilding } from '../context'
import { en } from '../messages.en'
import { pt } from '../messages.pt'
import { Count, Name, Word } from './fields'
import { FilterFields } from './FilterFields'
import { WindowFields } from './WindowFields'

const MEASURES = ['did', 'didNot', 'count', ...NUMERIC] as const

/** Something they did: read from left to right it is the sentence. */
export function DeedFields(props: { of: string; row: Deed; onChange: (row: Deed) => void }) {
  const t = useMessages({ en, pt })
  const { words } = useBuilding()
  const { of, row, onChange } = props
  const event = words.events.find((one) => one.name === row.event)
  const properties = (event?.properties ?? []).map((one) => ({ value: one.name, label: one.title ?? wordsOf(one.name), type: one.type }))
  const numeric = properties.filter((one) => one.type === 'number')
  const measure = row.measure === 'did' && row.negated ? 'didNot' : row.measure
  const isNumeric = NUMERIC.includes(row.measure as never)
  const choose = (next: string) => {
    const property = NUMERIC.includes(next as never) ? (row.property ?? numeric[0]?.value) : undefined
    onChange({ ...row, measure: next === 'didNot' ? 'did' : (next as Measure), negated: next === 'didNot', property })
  }
  const reevent = (name: string) => {
    const has = new Set(words.events.find((one) => one.name === name)?.properties.map((one) => one.name))
    const keeps = isNumeric && !has.has(row.property ?? '') ? { measure: 'count' as const, property: undefined } : {}
    onChange({ ...row, ...keeps, event: name, filters: row.filters.filter((one) => has.has(one.name)) })
  }
  const refilter = (place: number, filter: Filter) => onChange({ ...row, filters: row.filters.map((one, at) => (at === place ? filter : one)) })
  const shown = MEASURES.filter((one) => !NUMERIC.includes(one as never) || numeric.length > 0)
  return (
    <>
      <Word of={of} what={t.measure} value={measure} choices={shown.map((one) => ({ value: one, label: t.measures[one] }))} onChange={choose} />
      {isNumeric ? (
        <>
          <Name of={of} what={t.property} value={row.property ?? ''} choices={numeric} onChange={(property) => onChange({ ...row, property })} />
          <span>{t.of}</span>
        </>
      ) : null}
      <Name
        of={of}
        what={t.event}
        value={row.event}
        choices={words.events.map((one) => ({ value: one.name, label: wordsOf(one.name) }))}
        onChange={reevent}
      />
      {row.measure === 'did' ? null : (
        <>
          <Word of={of} what={t.comparator} value={row.comparator} choices={COMPARATORS.map((one) => ({ value: one, label: t.comparators[one] }))} onChange={(next) => onChange({ ...row, comparator: next as Comparator })} />
          <Count of={of} what={t.number} value={row.number} onChange={(number) => onChange({ ...row, number })} />
        </>
      )}
      <WindowFields of={of} window={row.window} onChange={(window) => onChange({ ...row, window })} />
      {row.filters.map((filter, place) => (
        <div key={place} className={classes.filter}>
          <span>{place === 0 ? t.where : t.and}</span>
          <FilterFields of={`${of}, ${t.where} ${place + 1}`} what={t.property} filter={filter} names={properties} onChange={(next) => refilter(place, next)} />
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={`${of}: ${t.removeFilter}`}
            onClick={() => onChange({ ...row, filters: row.filters.filter((_, at) => at !== place) })}
          >
            <X size={14} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      {properties.length > 0 ? (
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<Plus size={12} aria-hidden />}
          onClick={() => onChange({ ...row, filters: [...row.filters, { name: properties[0]?.value ?? '', test: 'is set', value: '' }] })}
        >
          {t.where}
          <span className="hidden"> · {of}</span>
        </Button>
      ) : null}
    </>
  )
}
