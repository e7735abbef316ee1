import { NativeSelect, NumberInput, Select, TextInput } from '@mantine/core'
import { useMessages } from '@/i18n/language'
import { en } from '../messages.en'
import { pt } from '../messages.pt'
import classes from '../Builder.module.css'

/** What every field of a row has: its name for those who do not see the row around it. */
interface Named {
  of: string
  what: string
}

export interface Choice {
  value: string
  label: string
}

/** One of a few words, chosen where it is read. */
export function Word(props: Named & { value: string; choices: readonly Choice[]; onChange: (value: string) => void }) {
  return (
    <NativeSelect
      size="xs"
      aria-label={`${props.of}: ${props.what}`}
      value={props.value}
      data={props.choices.map((one) => ({ ...one }))}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      className={classes.word}
    />
  )
}

/** One of many names, found by typing; one that is unknown stays as it is. */
export function Name(props: Named & { value: string; choices: readonly Choice[]; onChange: (value: string) => void }) {
  const t = useMessages({ en, pt })
  const isKnown = props.choices.some((one) => one.value === props.value)
  const data = isKnown || props.value === '' ? [...props.choices] : [{ value: props.value, label: props.value }, ...props.choices]
  return (
    <Select
      size="xs"
      aria-label={`${props.of}: ${props.what}`}
      placeholder={t.choose}
      searchable
      allowDeselect={false}
      value={props.value || null}
      data={data}
      limit={60}
      onChange={(value) => value !== null && props.onChange(value)}
      className={classes.name}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
    />
  )
}

export function Count(props: Named & { value: number; onChange: (value: number) => void; least?: number }) {
  return (
    <NumberInput
      size="xs"
      aria-label={`${props.of}: ${props.what}`}
      value={props.value}
      min={props.least}
      hideControls
      onChange={(value) => typeof value === 'number' && props.onChange(value)}
      className={classes.count}
    />
  )
}

export function Words(props: Named & { value: string; onChange: (value: string) => void }) {
  return (
    <TextInput
      size="xs"
      aria-label={`${props.of}: ${props.what}`}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      className={classes.words}
    />
  )
}

export function Day(props: Named & { value: string; onChange: (value: string) => void }) {
  return (
    <input
      type="date"
      aria-label={`${props.of}: ${props.what}`}
      value={props.value.slice(0, 10)}
      onChange={(event) => event.currentTarget.value && props.onChange(event.currentTarget.value)}
      className={classes.day}
    />
  )
}
