import { NativeSelect, Select } from '@mantine/core'
import type { Shapes } from '@/api/client'
import { useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import { startable, WINDOWS } from './asking'
import { en } from './messages.en'
import { pt } from './messages.pt'

type Words = Shapes['WordsKnown']

/** An event of the catalogue, found by typing; a text that is none stays as it is. */
export function EventChoice(props: { words: Words; label: string; labelHidden?: boolean; value: string; onChange: (event: string) => void }) {
  const t = useMessages({ en, pt })
  const known = startable(props.words.events).map((one) => ({ value: one.name, label: one.title ?? wordsOf(one.name) }))
  const isKnown = props.value === '' || known.some((one) => one.value === props.value)
  return (
    <Select
      {...(props.labelHidden ? { 'aria-label': props.label } : { label: props.label })}
      placeholder={t.choose}
      searchable
      allowDeselect={false}
      value={props.value || null}
      data={isKnown ? known : [{ value: props.value, label: props.value }, ...known]}
      onChange={(next) => next !== null && props.onChange(next)}
    />
  )
}

/** Everybody, or the members of a segment. */
export function AmongChoice(props: { words: Words; value: string | null; onChange: (segment: string | null) => void; label?: string; placeholder?: string }) {
  const t = useMessages({ en, pt })
  return (
    <Select
      label={props.label ?? t.among}
      placeholder={props.placeholder ?? t.everybody}
      searchable
      clearable
      value={props.value}
      data={props.words.segments.map((one) => ({ value: one.name, label: one.title ?? wordsOf(one.name) }))}
      onChange={props.onChange}
    />
  )
}

/** One of a few words. */
export function WordChoice(props: { label: string; value: string; words: Record<string, string>; keys: readonly string[]; onChange: (value: string) => void }) {
  return (
    <NativeSelect
      label={props.label}
      value={props.value}
      data={props.keys.map((key) => ({ value: key, label: props.words[key] ?? key }))}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  )
}

export function WindowChoice(props: { value: string; onChange: (window: string) => void }) {
  const t = useMessages({ en, pt })
  return <WordChoice label={t.window} value={props.value} words={t.windows} keys={WINDOWS} onChange={props.onChange} />
}

/** How an event is called. */
export function titled(words: Words): (name: string) => string {
  const titles = new Map(words.events.map((one) => [one.name, one.title]))
  return (name) => titles.get(name) ?? wordsOf(name)
}

/** How a segment is called. */
export function segmentTitled(words: Words): (name: string) => string {
  const titles = new Map(words.segments.map((one) => [one.name, one.title]))
  return (name) => titles.get(name) ?? wordsOf(name)
}
