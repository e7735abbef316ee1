import { type Token, tokens, wordsIn } from './tokens'

/** What a rule may name, as the API tells it. */
export interface Names {
  events: readonly { name: string; title: string | null; parent: string | null; properties: readonly { name: string; title: string | null }[] }[]
  /** `predicts`: the score of a prediction, a chance or an amount. */
  traits: readonly { name: string; title: string | null; predicts?: 'chance' | 'amount' | null }[]
  segments: readonly { name: string; title: string | null }[]
  purposes: readonly string[]
  keywords: readonly string[]
}

export type What = 'keyword' | 'event' | 'property' | 'trait' | 'prediction' | 'segment' | 'purpose'
export interface Completion {
  what: What
  text: string
  title: string | null
}
export interface Offered {
  /** What the completion stands in the place of. */
  start: number
  end: number
  offers: Completion[]
}

const MOST = 40
/** What is said of a chance, to begin with. */
const CHANCES = ['>= 60%', '>= 80%', '< 20%', 'between 40% and 60%', 'in top 10%', 'is set']
const FUNCTIONS = new Set(['count', 'days', 'sum', 'avg', 'min', 'max', 'median', 'std', 'distinct', 'first', 'last', 'top', 'share', 'values', 'gap', 'gap_std'])

/** What could stand at a place of a rule's text, the likeliest first. */
export function completionsAt(text: string, place: number, names: Names): Offered {
  const before = tokens(text.slice(0, place), wordsIn(names.keywords)).filter((one) => one.kind !== 'space')
  const last = before.at(-1)
  const isTyping = last !== undefined && last.start + last.text.length === place && /^(?:[^\W\d][\w$]*|`[^`]*)$/.test(last.text)
  if (last?.kind === 'comment' || (last?.kind === 'text' && isOpen(last.text))) return { start: place, end: place, offers: [] }
  const typed = isTyping ? last.text.replace(/^`/, '').toLowerCase() : ''
  const said = isTyping ? before.slice(0, -1) : before
  const start = isTyping ? last.start : place
  const found = expected(said, names).filter((one) => fits(one, typed))
  const offers = found.sort((one, other) => closeness(one, typed) - closeness(other, typed)).slice(0, MOST)
  const isDone = offers.length === 1 && offers[0]?.text.toLowerCase() === typed
  return { start, end: place, offers: isDone ? [] : offers }
}

const isOpen = (text: string) => text.length < 2 || text.at(-1) !== text[0]
/** From the third letter on a name may hold what was typed anywhere; before, one of its words begins so. */
const fits = (one: Completion, typed: string) => {
  const name = one.text.toLowerCase()
  const isBegun = name.startsWith(typed) || name.includes(`_${typed}`) || name.includes(` ${typed}`)
  return isBegun || (typed.length > 2 && (name.includes(typed) || (one.title?.toLowerCase().includes(typed) ?? false)))
}
/** Names that begin as one typed come before those that merely hold it. */
const closeness = (one: Completion, typed: string) => (one.text.toLowerCase().startsWith(typed) ? 0 : one.text.toLowerCase().includes(`_${typed}`) ? 1 : 2)

function expected(said: readonly Token[], names: Names): Completion[] {
  const [one, two] = [said.at(-1)?.text.toLowerCase(), said.at(-2)?.text.toLowerCase()]
  if (one === '.') return propertiesOf(said.at(-2)?.text, names)
  if (one === 'segment') return names.segments.map((it) => ({ what: 'segment', text: written(it.name), title: it.title }))
  if (one === 'to' && two === 'consents') return names.purposes.map((it) => ({ what: 'purpose', text: written(it), title: null }))
  if (one === 'did' || (one === 'not' && two === 'did')) return [...keywords(names, ['any event', 'any of (', 'not']), ...events(names)]
  if (one === '(' && two !== undefined && FUNCTIONS.has(two)) return [...events(names), ...keywords(names, ['any event', 'any of ('])]
  if (isInList(said)) return events(names)
  const event = whereOf(said)
  if (event !== undefined && (one === 'where' || one === 'and' || one === 'or' || one === 'not' || one === '('))
    return [...propertiesOf(event, names), ...keywords(names)]
  const predicted = names.traits.find((it) => it.predicts === 'chance' && it.name.toLowerCase() === one?.replaceAll('`', ''))
  if (predicted !== undefined && two !== '.') return keywords(names, CHANCES)
  const begins = one === undefined || one === 'and' || one === 'or' || one === 'not' || one === '('
  const traits = names.traits.map((it): Completion => ({ what: it.predicts ? 'prediction' : 'trait', text: written(it.name), title: it.title }))
  return begins ? [...keywords(names), ...traits, ...events(names)] : [...keywords(names), ...events(names), ...traits]
}

const keywords = (names: Names, some: readonly string[] = names.keywords): Completion[] => some.map((text) => ({ what: 'keyword', text, title: null }))
/** Orders before the lines of orders. */
const events = (names: Names): Completion[] => [...names.events].sort((one, other) => Number(one.parent !== null) - Number(other.parent !== null)).map((it) => ({ what: 'event', text: written(it.name), title: it.title }))

function propertiesOf(event: string | undefined, names: Names): Completion[] {
  const found = names.events.find((it) => it.name === event?.replaceAll('`', ''))
  const all = found === undefined ? names.events.flatMap((it) => it.properties) : found.properties
  const once = new Map(all.map((it) => [it.name, it]))
  return [...once.values()].map((it) => ({ what: 'property', text: written(it.name), title: it.title }))
}

/** Whether the place is in the list of `any of (` or `sequence (`. */
function isInList(said: readonly Token[]): boolean {
  let depth = 0
  for (let place = said.length - 1; place >= 0; place--) {
    const text = said[place]?.text
    if (text === ')') depth++
    else if (text === '(' && depth-- === 0) {
      const before = said[place - 1]?.text.toLowerCase()
      const opens = before === 'sequence' || (before === 'of' && said[place - 2]?.text.toLowerCase() === 'any') || said[place - 2]?.text.toLowerCase() === 'by'
      const one = said.at(-1)?.text.toLowerCase()
      return opens && (one === '(' || one === ',' || one === 'not')
    }
  }
  return false
}

/** The event whose `where` the place is in, if it is in one. */
function whereOf(said: readonly Token[]): string | undefined {
  for (let place = said.length - 1; place > 0; place--) {
    const text = said[place]?.text.toLowerCase()
    if (text === ')' || text === 'did' || text === 'in' || text === 'since' || text === 'before') return undefined
    if (text !== 'where') continue
    const named = said[place - 1]
    return named?.kind === 'name' ? (said[place - 2]?.text === '.' ? said[place - 3]?.text : named.text) : ''
  }
  return undefined
}

/** A name as a rule writes it: in backticks where it needs them. */
export const written = (name: string): string =>
  name
    .split('.')
    .map((part) => (/^(?:[^\W\d][\w$]*|\$[\w$]+)$/.test(part) ? part : `\`${part.replaceAll('`', '``')}\``))
    .join('.')

/** The text with a completion in its place, and where one goes on typing. */
export function completed(text: string, offered: Offered, chosen: Completion): { text: string; place: number } {
  const opens = chosen.text.endsWith('(')
  const rest = text.slice(offered.end)
  const space = opens || chosen.what !== 'keyword' || rest.startsWith(' ') ? '' : ' '
  const put = chosen.text + space
  return { text: text.slice(0, offered.start) + put + rest, place: offered.start + put.length }
}
