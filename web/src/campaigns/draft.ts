import type { Shapes } from '@/api/client'

/** What a campaign's file says of it, by the names it says it under. */
export type Fields = Shapes['CampaignFields']

/** A text, or one for each language. */
export type Worded = string | Record<string, string>

/** One message: Liquid templates, and its weight beside the others. */
export type Part = Shapes['Part']

export interface Variant extends Part {
  name: string
}

/** A campaign as it is edited: its messages are always a list, everything else as its file says it. */
export interface Draft {
  fields: Fields
  variants: readonly Variant[]
}

/** The name of the message of a campaign that has one only. */
export const ONLY = 'message'
const OF_MESSAGE = ['subject', 'text', 'html', 'offer', 'fields'] as const

export const EMPTY: Draft = {
  fields: { channel: 'email', timing: 'once', goal: null },
  variants: [{ name: ONLY, subject: '', text: '' }],
}

/** The draft of what a file says. */
export function draftOf(said: Fields): Draft {
  const { subject, text, html, offer, fields, variants, ...rest } = said
  const listed = Object.entries(variants ?? {}).map(([name, part]) => ({ name, ...part }))
  return { fields: rest, variants: listed.length > 0 ? listed : [{ name: ONLY, subject, text, html, offer, fields }] }
}

/** What the file is to say; what is empty is not said. */
export function fieldsOf(draft: Draft): Fields {
  const said = without(draft.fields)
  const [first] = draft.variants
  if (draft.variants.length === 1 && first?.name === ONLY) return { ...said, ...without(pick(first)) }
  const variants = Object.fromEntries(draft.variants.map(({ name, weight, ...part }) => [name, without({ ...part, weight: weight === 1 ? undefined : weight })]))
  return { ...said, variants }
}

function pick(part: Part): Part {
  return Object.fromEntries(OF_MESSAGE.map((key) => [key, part[key]])) as Part
}

function without<T extends object>(said: T): T {
  const isSaid = (value: unknown) => value !== undefined && value !== null && value !== '' && !(typeof value === 'object' && Object.keys(value).length === 0)
  return Object.fromEntries(Object.entries(said).filter(([, value]) => isSaid(value))) as T
}

/** A text in one language, and with another in its place. */
export function worded(words: Worded | null | undefined, language: string): string {
  if (words === null || words === undefined || typeof words === 'string') return words ?? ''
  return words[language] ?? Object.values(words)[0] ?? ''
}
export function reworded(words: Worded | null | undefined, language: string, to: string): Worded {
  return words === null || words === undefined || typeof words === 'string' ? to : { ...words, [language]: to }
}

/** When messages go, in parts that a form shows. */
export type Timing =
  | { when: 'once'; at: string }
  | { when: 'every'; span: string }
  | { when: 'entering' | 'leaving' | 'event'; name: string }
  | { when: 'occasion'; name: string; before: string }
  | { when: 'other'; text: string }
export const WHENS = ['once', 'every', 'entering', 'leaving', 'event', 'occasion'] as const

export function timingOf(text: string | null | undefined): Timing {
  const said = (text ?? 'once').trim()
  const once = said.match(/^once(?: at (\S+))?$/)
  if (once !== null) return { when: 'once', at: once[1] ?? '' }
  const every = said.match(/^every (\d+[smhdw])$/)
  if (every?.[1] !== undefined) return { when: 'every', span: every[1] }
  const on = said.match(/^on (entering|leaving|event) (\S+)$/)
  if (on?.[2] !== undefined) return { when: on[1] as 'entering', name: on[2] }
  const occasion = said.match(/^on occasion (.*?) (\d+[smhdw]) before$/)
  if (occasion?.[1] !== undefined && occasion[2] !== undefined) return { when: 'occasion', name: occasion[1], before: occasion[2] }
  return { when: 'other', text: said }
}

export function timingText(timing: Timing): string {
  switch (timing.when) {
    case 'once':
      return timing.at === '' ? 'once' : `once at ${timing.at}`
    case 'every':
      return `every ${timing.span}`
    case 'occasion':
      return `on occasion ${timing.name} ${timing.before} before`
    case 'other':
      return timing.text
    default:
      return `on ${timing.when} ${timing.name}`
  }
}

/** `did EVENT in next Nd`, which a form can show; undefined for every other goal. */
export function goalOf(text: string | null | undefined): { event: string; days: number } | undefined {
  const found = (text ?? '').match(/^did ([A-Za-z_]\w*) in next (\d{1,3})d$/)
  return found?.[1] === undefined ? undefined : { event: found[1], days: Number(found[2]) }
}
export const goalText = (goal: { event: string; days: number }) => `did ${goal.event} in next ${goal.days}d`

/** Whether an instant is one that a field for local times can show; nothing is one, too. */
export const isLocal = (text: string) => text === '' || /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text)

/** Whether two variants have one name: the file would keep only one of them. */
export const isTwice = (variants: readonly Variant[], name: string) => variants.filter((one) => one.name === name).length > 1

/** `N per Dd`; undefined for none, and for a cap that is written otherwise. */
export function capOf(text: string | null | undefined): { count: number; days: number } | undefined {
  const found = (text ?? '').match(/^([1-9]\d*)\s*per\s*([1-9]\d*)\s*d$/)
  return found?.[1] === undefined ? undefined : { count: Number(found[1]), days: Number(found[2]) }
}
export const capText = (cap: { count: number; days: number }) => `${cap.count} per ${cap.days}d`

/** `21:00-08:00` as its two ends. */
export function quietOf(text: string | null | undefined): { from: string; to: string } | undefined {
  const found = (text ?? '').match(/^(\d\d:\d\d)-(\d\d:\d\d)$/)
  return found?.[1] === undefined || found[2] === undefined ? undefined : { from: found[1], to: found[2] }
}

/** A name for a file out of a title. */
export const nameFrom = (title: string) =>
  title.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_+$/g, '').slice(0, 100)

/** One thing that saving makes another: where it stands, and what it says before and after. */
export interface Difference {
  path: readonly string[]
  before: string | undefined
  after: string | undefined
}

/** What differs between two wordings, in the order of the new one; texts of a message one by one. */
export function differences(before: Fields, after: Fields): Difference[] {
  const [was, is] = [flat(before), flat(after)]
  const keys = [...new Set([...is.keys(), ...was.keys()])]
  return keys
    .filter((key) => is.get(key) !== was.get(key))
    .map((key) => ({ path: key.split('\0'), before: was.get(key), after: is.get(key) }))
}

function flat(value: unknown, path: readonly string[] = [], into = new Map<string, string>()): Map<string, string> {
  if (value === null || value === undefined) return into
  if (typeof value === 'object') for (const [key, inner] of Object.entries(value)) flat(inner, [...path, key], into)
  else into.set(path.join('\0'), String(value))
  return into
}
