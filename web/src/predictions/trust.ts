/** How far a prediction can be trusted, from what is kept of it. Pure. */
import type { Row } from './queries'

export const TRUSTS = ['trusted', 'order', 'plain', 'weak', 'leak', 'untested', 'again', 'refused', 'failed', 'never'] as const
export type Trust = (typeof TRUSTS)[number]
export type Judged = Pick<Row, 'status' | 'warnings' | 'last_test'>

/** From this calibration error on chances are not to be taken at their word. */
export const OFF = 0.05
/** Below these it sorts hardly better than chance. */
const WEAK = { auc: 0.6, correlation: 0.1 }

export const TONES: Record<Trust, 'good' | 'careful' | 'poor' | 'unknown'> = {
  trusted: 'good',
  order: 'careful',
  plain: 'careful',
  weak: 'careful',
  leak: 'poor',
  untested: 'careful',
  again: 'careful',
  refused: 'unknown',
  failed: 'poor',
  never: 'unknown',
}

export function trustOf(row: Judged): Trust {
  if (row.status === 'never fitted') return 'never'
  if (row.status === 'refused' || row.status === 'failed') return row.status
  if (row.status === 'changed' || row.status === 'stale') return 'again'
  if (row.warnings.length > 0) return 'leak'
  const test = row.last_test
  if (test === null) return 'untested'
  const sorts = test.auc ?? test.rank_correlation ?? null
  if (sorts === null || sorts < (test.auc == null ? WEAK.correlation : WEAK.auc)) return 'weak'
  if (test.recency !== null && sorts <= test.recency) return 'plain'
  return (test.ece ?? 0) > OFF ? 'order' : 'trusted'
}

export interface Part {
  from: number
  to: number
  people: number
}

/** How many have at least the score that a part begins with. */
export const peopleFrom = (spread: readonly Part[], place: number) => spread.slice(place).reduce((sum, it) => sum + it.people, 0)

/** The first part from which on there are at most a fifth of all: whom one would begin with. */
export function firstPlace(spread: readonly Part[]): number {
  const all = peopleFrom(spread, 0)
  const found = spread.findIndex((_, place) => peopleFrom(spread, place) <= all / 5)
  return found < 0 ? Math.max(0, spread.length - 1) : found
}

/** The rule of everybody from a part on: a chance in percent, an amount to the last digit that is kept. */
export function ruleFrom(name: string, part: Part, of: Row['of']): string {
  return `${name} >= ${of === 'chance' ? `${Math.round(part.from * 100)}%` : roundedUp(part.from)}`
}

/** The least number of six decimals that is not below it: scores have no more, and none is to be lost. */
function roundedUp(value: number): number {
  const near = Math.round(value * 1e6) / 1e6
  return near >= value ? near : Math.round(value * 1e6 + 1) / 1e6
}
