import type { Formats } from '@/i18n/format'

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/

/** A value as people read it: numbers and instants as the language writes them, lists joined. */
export function shown(value: unknown, format: Formats, words: { yes: string; no: string; unset: string }): string {
  if (value === null || value === undefined) return words.unset
  if (typeof value === 'number') return format.number(value)
  if (typeof value === 'boolean') return value ? words.yes : words.no
  if (Array.isArray(value)) return value.length === 0 ? words.unset : format.list(value.map((one) => shown(one, format, words)))
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return INSTANT.test(text) ? format.moment(text) : text
}

/** A text of the server with its instants as people read them. */
export const said = (text: string, format: Formats) => text.replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/g, (at) => format.moment(at))

/** Seconds as the largest unit that says enough: "61.3 days", "5 hours". */
export function span(seconds: number, format: Formats): string {
  const [unit, size] = Math.abs(seconds) >= 172_800 ? (['day', 86_400] as const) : Math.abs(seconds) >= 7200 ? (['hour', 3600] as const) : (['minute', 60] as const)
  return new Intl.NumberFormat(format.locale, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1 }).format(seconds / size)
}

/** `order_completed` as words: what has no title of its own is read by its name. */
export const wordsOf = (name: string) => name.replace(/^\$/, '').replaceAll('_', ' ')
