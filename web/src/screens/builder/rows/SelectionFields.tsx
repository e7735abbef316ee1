import { ActionIcon, Button } from '@mantine/core'
import { Plus, X } from 'lucide-react'
import { useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import { type Chosen, isNumeric, isOfProperty } from '@/segment/deeds'
import type { Filter } from '@/segment/filters'
import classes from '../Builder.module.css'
import { useBuilding } from '../context'
import { en } from '../messages.en'
import { pt } from '../messages.pt'
import { Name } from './fields'
import { FilterFields } from './FilterFields'
import { WindowFields } from './WindowFields'

const ANY = '*'

/** The properties that events have, each once; of any event those of all. */
export function useProperties(events: readonly string[]) {
  const { words } = useBuilding()
  const chosen = words.events.filter((one) => events.length === 0 || events.includes(one.name))
  const once = new Map(chosen.flatMap((one) => one.properties).map((one) => [one.name, one]))
  return [...once.values()].map((one) => ({ value: one.name, label: one.title ?? wordsOf(one.name), type: one.type }))
}

/** Which event, or which of several. */
export function EventFields<T extends Chosen>(props: { of: string; row: T; onChange: (row: T) => void }) {
  const t = useMessages({ en, pt })
  const { words } = useBuilding()
  const { of, row, onChange } = props
  const known = words.events.map((one) => ({ value: one.name, label: wordsOf(one.name) }))
  const rename = (place: number, name: string) => {
    const events = name === ANY ? [] : row.events.length === 0 ? [name] : row.events.map((one, at) => (at === place ? name : one))
    const has = new Set(words.events.filter((one) => events.length === 0 || events.includes(one.name)).flatMap((one) => one.properties.map((it) => it.name)))
    onChange({ ...row, events, filters: row.filters.filter((one) => has.has(one.name)) })
  }
  const shown = row.events.length === 0 ? [ANY] : row.events
  const next = known.find((one) => !row.events.includes(one.value))
  return (
    <>
      {shown.map((event, place) => (
        <span key={place} className={classes.several}>
          {place > 0 ? <span>{t.or}</span> : null}
          <Name
            of={of}
            what={place > 0 ? `${t.event} ${place + 1}` : t.event}
            value={event}
            choices={place === 0 && shown.length === 1 ? [{ value: ANY, label: t.anyEvent }, ...known] : known}
            onChange={(name) => rename(place, name)}
          />
          {place > 0 ? (
            <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`${of}: ${t.remove} ${event}`} onClick={() => onChange({ ...row, events: row.events.filter((_, at) => at !== place) })}>
              <X size={14} aria-hidden />
            </ActionIcon>
          ) : null}
          {place === shown.length - 1 && row.events.length > 0 && next !== undefined ? (
            <ActionIcon size="sm" variant="subtle" color="gray" title={t.orEvent} aria-label={`${of}: ${t.orEvent}`} onClick={() => onChange({ ...row, events: [...row.events, next.value] })}>
              <Plus size={14} aria-hidden />
            </ActionIcon>
          ) : null}
        </span>
      ))}
    </>
  )
}

/** The property that is measured, where a measure is of one. */
export function PropertyField<T extends Chosen & { measure: string }>(props: { of: string; row: T; onChange: (row: T) => void }) {
  const t = useMessages({ en, pt })
  const { row } = props
  const known = useProperties(row.events)
  if (!isOfProperty(row.measure)) return null
  const choices = isNumeric(row.measure) ? known.filter((one) => one.type === 'number') : known
  return (
    <>
      <Name of={props.of} what={t.property} value={row.property ?? ''} choices={choices} onChange={(property) => props.onChange({ ...row, property })} />
      <span>{t.of}</span>
    </>
  )
}

/** When, and under what conditions on the event's own properties. */
export function CircumstanceFields<T extends Chosen>(props: { of: string; row: T; onChange: (row: T) => void }) {
  const t = useMessages({ en, pt })
  const { of, row, onChange } = props
  const properties = useProperties(row.events)
  const refilter = (place: number, filter: Filter) => onChange({ ...row, filters: row.filters.map((one, at) => (at === place ? filter : one)) })
  return (
    <>
      <WindowFields of={of} window={row.window} onChange={(window) => onChange({ ...row, window })} />
      {row.filters.map((filter, place) => (
        <div key={place} className={classes.filter}>
          <span>{place === 0 ? t.where : t.and}</span>
          <FilterFields of={`${of}, ${t.where} ${place + 1}`} what={t.property} isOf="property" filter={filter} names={properties} onChange={(next) => refilter(place, next)} />
          <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`${of}: ${t.removeFilter}`} onClick={() => onChange({ ...row, filters: row.filters.filter((_, at) => at !== place) })}>
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
