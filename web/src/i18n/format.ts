import type { Language } from './language'

const LOCALES: Record<Language, string> = { en: 'en-GB', pt: 'pt-BR' }
const DAY = 86_400_000
const UNITS = [
  ['year', 365.25 * DAY],
  ['month', 30.44 * DAY],
  ['day', DAY],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

export type Formats = ReturnType<typeof formats>

/** How a language writes what is counted and dated, in a time zone. */
export function formats(language: Language, zone: string, currency: string | null) {
  const locale = LOCALES[language]
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 })
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const signed = new Intl.NumberFormat(locale, { signDisplay: 'exceptZero' })
  const signedPercent = new Intl.NumberFormat(locale, {
    style: 'percent', signDisplay: 'exceptZero', maximumFractionDigits: 0,
  })
  const day = new Intl.DateTimeFormat(locale, { timeZone: zone, day: 'numeric', month: 'short', year: 'numeric' })
  const shortDay = new Intl.DateTimeFormat(locale, { timeZone: zone, day: 'numeric', month: 'short' })
  const longDay = new Intl.DateTimeFormat(locale, {
    timeZone: zone, weekday: 'long', day: 'numeric', month: 'long', year: 'numeric',
  })
  const clock = new Intl.DateTimeFormat(locale, { timeZone: zone, hour: '2-digit', minute: '2-digit' })
  const moment = new Intl.DateTimeFormat(locale, {
    timeZone: zone, day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short',
  })
  const midnight = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const isoDay = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const cash = currency === null
    ? new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }) // cents, as with a currency
    : new Intl.NumberFormat(locale, { style: 'currency', currency, maximumFractionDigits: 2 })
  const wholeCash = currency === null
    ? new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
    : new Intl.NumberFormat(locale, { style: 'currency', currency, maximumFractionDigits: 0 })
  const list = new Intl.ListFormat(locale, { type: 'conjunction' })
  const date = (at: string | number | Date) => (at instanceof Date ? at : new Date(at))
  return {
    locale,
    number: (value: number) => number.format(value),
    compact: (value: number) => compact.format(value),
    percent: (share: number) => percent.format(share),
    signed: (value: number) => signed.format(value),
    signedPercent: (share: number) => signedPercent.format(share),
    money: (value: number) => (Math.abs(value) >= 1000 ? wholeCash : cash).format(value),
    day: (at: string | number | Date) => day.format(date(at)),
    shortDay: (at: string | number | Date) => shortDay.format(date(at)),
    longDay: (at: string | number | Date) => longDay.format(date(at)),
    clock: (at: string | number | Date) => clock.format(date(at)),
    moment: (at: string | number | Date) => moment.format(date(at)),
    /** A day alone where the instant is the midnight that begins it: birthdays have no hour. */
    dayOrMoment: (at: string | number | Date) => (midnight.format(date(at)) === '00:00:00' ? day : moment).format(date(at)),
    /** `2026-11-01`, the day an instant falls on in the project's zone. */
    isoDay: (at: string | number | Date) => isoDay.format(date(at)),
    list: (items: readonly string[]) => list.format(items),
    /** "3 days ago", "in 2 hours", against another instant. */
    ago: (at: string | number | Date, now: string | number | Date) => {
      const away = date(at).getTime() - date(now).getTime()
      const [unit, size] = UNITS.find(([, size]) => Math.abs(away) >= size) ?? ['minute', 60_000]
      return relative.format(Math.round(away / size), unit)
    },
  }
}
