import { NativeSelect, Select, TextInput } from '@mantine/core'
import { X } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { useMessages } from '@/i18n/language'
import { spanOf } from '@/segment/filters'
import { en } from '../messages.en'
import { pt } from '../messages.pt'
import classes from '../Builder.module.css'

/** What every field of a row has: its name for those who do not see the row around it. */
export interface Named {
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
      openOnFocus={false}
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

/** A number; while it is none, what it was holds. */
export function Count(props: Named & { value: number; onChange: (value: number) => void; least?: number; most?: number }) {
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <input
      type="number"
      step="any"
      aria-label={`${props.of}: ${props.what}`}
      value={typed ?? props.value}
      min={props.least}
      max={props.most}
      onChange={(event) => {
        const { value, valueAsNumber, validity } = event.currentTarget
        setTyped(value)
        if (value !== '' && Number.isFinite(valueAsNumber) && !validity.rangeUnderflow && !validity.rangeOverflow) props.onChange(valueAsNumber)
      }}
      onBlur={() => setTyped(null)}
      className={`num ${classes.field} ${classes.count}`}
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
      className={classes.field}
    />
  )
}

const UNITS = ['m', 'h', 'd', 'w', 'mo', 'y'] as const

/** So many minutes, days or years. */
export function Span(props: Named & { value: string; onChange: (span: string) => void }) {
  const t = useMessages({ en, pt })
  const { count, unit } = spanOf(props.value)
  return (
    <>
      <Count of={props.of} what={props.what} value={count} least={1} onChange={(value) => props.onChange(`${Math.round(value)}${unit}`)} />
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

/** Several values, each added with Enter or a comma. */
export function Several(props: Named & { values: readonly (string | number)[]; asNumber: boolean; onChange: (values: (string | number)[]) => void }) {
  const t = useMessages({ en, pt })
  const { values, asNumber, onChange } = props
  const [typed, setTyped] = useState('')
  const take = () => {
    const text = typed.trim()
    const value = asNumber ? Number(text) : text
    setTyped('')
    if (text !== '' && !Number.isNaN(value) && !values.includes(value)) onChange([...values, value])
  }
  const keys = (event: KeyboardEvent) => {
    const isBack = event.key === 'Backspace' && typed === '' && values.length > 0
    if ((event.key === 'Enter' && typed.trim() !== '') || event.key === ',') take()
    else if (isBack) onChange(values.slice(0, -1))
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <span className={classes.several}>
      {values.map((one) => (
        <span key={String(one)} className={classes.chip}>
          {String(one)}
          <button type="button" aria-label={`${t.remove} ${String(one)}`} onClick={() => onChange(values.filter((other) => other !== one))}>
            <X size={12} aria-hidden />
          </button>
        </span>
      ))}
      <input
        aria-label={`${props.of}: ${props.what}`}
        placeholder={t.anotherValue}
        inputMode={asNumber ? 'decimal' : undefined}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={keys}
        onBlur={take}
        className={classes.field}
      />
    </span>
  )
}
