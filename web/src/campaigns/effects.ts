import type { Arm, Results } from './shapes'

/** One mark of a forest plot: an arm against those left alone, with the interval of its effect. */
export interface Mark {
  arm: string
  effect: number
  low: number | null
  high: number | null
  verdict: string
}

/** The arms of a metric that have an effect. */
export const marksOf = (arms: readonly Arm[]): Mark[] =>
  arms.flatMap((it) =>
    it.effect == null ? [] : [{ arm: it.arm, effect: it.effect, low: it.low ?? null, high: it.high ?? null, verdict: it.verdict ?? "can't tell yet" }],
  )

/** What the axis has to hold: zero, every effect and every interval, with room at both ends. */
export function rangeOf(marks: readonly Mark[]): [number, number] {
  const ends = [0, ...marks.flatMap((it) => [it.effect, it.low ?? it.effect, it.high ?? it.effect])]
  const low = Math.min(...ends)
  const high = Math.max(...ends)
  const room = (high - low || 1) * 0.08
  return [low - room, high + room]
}

/** The names of the metrics, the goal first. */
export const metricNames = (results: Results) => Object.keys(results.metrics).sort((a, b) => Number(b === 'goal') - Number(a === 'goal'))

/** The arm that the verdict is about, on the goal. */
export const bestOf = (results: Results): Arm | undefined => results.metrics.goal?.find((it) => it.arm === results.best)
