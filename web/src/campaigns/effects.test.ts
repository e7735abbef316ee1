import { expect, it } from 'vitest'
import { bestOf, marksOf, metricNames, rangeOf } from './effects'
import type { Arm, Results } from './shapes'

const arms: Arm[] = [
  { arm: 'holdout', n: 40, mean: 0.1, unset: 0 },
  { arm: 'plain', n: 80, mean: 0.2, effect: 0.1, low: -0.02, high: 0.22, verdict: 'likely helped', unset: 0 },
  { arm: 'offer', n: 80, mean: 0.05, effect: -0.05, low: null, high: null, unset: 0 },
]

it('marks every arm that is compared, and can tell nothing yet without an interval', () => {
  const marks = marksOf(arms)
  expect(marks.map((it) => it.arm)).toEqual(['plain', 'offer'])
  expect(marks[1]).toMatchObject({ low: null, high: null, verdict: "can't tell yet" })
})

it('holds zero and all of every interval inside the axis, also where nothing is drawn', () => {
  const some = [marksOf(arms), marksOf(arms).slice(1), [{ arm: 'a', effect: 5, low: 4, high: 6, verdict: '' }], []]
  for (const marks of some) {
    const [low, high] = rangeOf(marks)
    expect(low).toBeLessThan(high)
    for (const value of [0, ...marks.flatMap((it) => [it.effect, it.low ?? 0, it.high ?? 0])]) {
      expect(value).toBeGreaterThan(low)
      expect(value).toBeLessThan(high)
    }
  }
})

it('has the goal first and finds the arm of the verdict', () => {
  const results = { metrics: { revenue: arms, goal: arms }, best: 'plain' } as unknown as Results
  expect(metricNames(results)).toEqual(['goal', 'revenue'])
  expect(bestOf(results)?.arm).toBe('plain')
})
