/** What the Explore screen asks, as texts of the language; pure. */

/** Values of the address that say *any*. */
export const ALWAYS = ''
export const WINDOWS = [ALWAYS, 'in last 7d', 'in last 30d', 'in last 90d', 'in last 365d'] as const
export const WITHIN = [ALWAYS, '1h', '1d', '7d', '30d'] as const

/** The way to buying, as far as the project knows such events. */
const WAY = ['session_started', 'page_viewed', 'product_viewed', 'product_added', 'checkout_started', 'order_completed', 'purchase', 'sale']
const LONGEST = 4

interface Known {
  name: string
  rows: number
  parent: string | null
}

/** Events somebody may begin with: what came in, the most frequent first, without the lines of others. */
export const startable = <T extends Known>(events: readonly T[]): T[] => events.filter((one) => one.rows > 0 && one.parent === null)

/** Steps to begin with: the known way to buying, else from the most frequent event to the rarest. */
export function firstSteps(events: readonly Known[]): string[] {
  const names = startable(events).map((one) => one.name)
  const way = WAY.filter((name) => names.includes(name))
  if (way.length >= 2) return way.slice(-LONGEST)
  const ends = [names[0], names.at(-1)].filter((name) => name !== undefined)
  return [...new Set(ends)]
}

/** The event that most likely means coming back: buying, else the most frequent. */
export function firstEvent(events: readonly Known[]): string | undefined {
  const names = startable(events).map((one) => one.name)
  return [...WAY].reverse().find((name) => names.includes(name)) ?? names[0]
}

/** An event in a window, as inside `first(…)`. */
export const inWindow = (event: string, window: string) => (window === ALWAYS ? event : `${event} ${window}`)

/** Who did one event and then another, whenever in between; only members, where a segment is named. */
export function thenRule(asked: { first: string; then: string; within: string; window: string; among: string | null }): string {
  const within = asked.within === ALWAYS ? '' : ` within ${asked.within}`
  const window = asked.window === ALWAYS ? '' : ` ${asked.window}`
  const rule = `sequence (${asked.first}, ${asked.then}${within})${window}`
  return asked.among === null ? rule : `in ${asked.among} and ${rule}`
}

/** Who did an event in a window. */
export function didRule(event: string, window: string, among: string | null): string {
  const rule = `did ${inWindow(event, window)}`
  return among === null ? rule : `in ${among} and ${rule}`
}

/** Partitions among the names of segments: `stage.new` belongs to `stage`. */
export function partitionsOf(names: readonly string[]): string[] {
  return [...new Set(names.filter((name) => name.includes('.')).map((name) => name.slice(0, name.indexOf('.'))))]
}

/** Where a rule is seen, edited and saved. */
export const builderOf = (rule: string) => `/segments/new?rule=${encodeURIComponent(rule)}`
