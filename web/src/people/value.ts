import type { Formats } from '@/i18n/format'

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/

/** Whatever looks like a day or an instant may be a text that somebody sent: `2026-13-45` is no day. */
const isTime = (text: string) => !Number.isNaN(Date.parse(text))

/** A value as people read it: numbers and instants as the language writes them, lists joined. */
export function shown(value: unknown, format: Formats, words: { yes: string; no: string; unset: string }): string {
  if (value === null || value === undefined) return words.unset
  if (typeof value === 'number') return format.number(value)
  if (typeof value === 'boolean') return value ? words.yes : words.no
  if (Array.isArray(value)) return value.length === 0 ? words.unset : format.list(value.map((one) => shown(one, format, words)))
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return INSTANT.test(text) && isTime(text) ? format.dayOrMoment(text) : text
}

/** A text of the server with its instants as people read them. */
export const said = (text: string, format: Formats) => text.replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/g, (at) => (isTime(at) ? format.moment(at) : at))

/** A reason of the server with its days as people read them; what it names in backticks stays as it is. */
export function withDays(text: string, locale: string): string {
  // days without a time are of no zone
  const days = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' })
  const told = (part: string) => part.replace(/\b\d{4}-\d{2}-\d{2}\b/g, (day) => (isTime(day) ? days.format(new Date(day)) : day))
  return text.split('`').map((part, place) => (place % 2 === 1 ? part : told(part))).join('`')
}

/** Seconds as the largest unit that says enough: "61.3 days", "5 hours". */
export function span(seconds: number, format: Formats): string {
  const [unit, size] = Math.abs(seconds) >= 172_800 ? (['day', 86_400] as const) : Math.abs(seconds) >= 7200 ? (['hour', 3600] as const) : (['minute', 60] as const)
  return new Intl.NumberFormat(format.locale, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1 }).format(seconds / size)
}

/** `order_completed` as words: what has no title of its own is read by its name. */
export const wordsOf = (name: string) => name.replace(/^\$/, '').replaceAll('_', ' ')
