import { expect, it } from 'vitest'
import { type Counts, greatestStop, STOPS, stepsOf } from './waterfall'

const counts: Counts = { matched: 100, consented: 70, reachable: 60, suppressed: 5, held_out: 11, capped: 4, sendable: 40 }

it('begins each bar where the one before ended, and ends at those who may be written to', () => {
  const steps = stepsOf(counts)
  let level = counts.matched
  for (const step of steps) {
    expect(step.to, step.name).toBe(level)
    expect(step.count).toBe(step.to - step.from)
    if (step.goes) level = step.from
  }
  expect(level).toBe(counts.sendable)
})

it('has everybody in exactly one state: what stops, and what is left, are all of them', () => {
  const steps = stepsOf(counts)
  const stopped = steps.filter((one) => one.goes)
  expect(stopped.map((one) => one.name)).toEqual([...STOPS])
  expect(stopped.reduce((sum, one) => sum + one.count, counts.sendable)).toBe(counts.matched)
  // a bar that stays is made of the states that no earlier step has stopped
  for (const step of steps.filter((one) => !one.goes && one.states.length > 0)) {
    const inside = steps.filter((one) => one.goes && step.states.includes(one.name))
    expect(inside.reduce((sum, one) => sum + one.count, counts.sendable), step.name).toBe(step.count)
  }
})

it('names the step that stops the most, and none where nobody is stopped', () => {
  expect(greatestStop(stepsOf(counts))?.name).toBe('no_consent')
  const free = { matched: 3, consented: 3, reachable: 3, suppressed: 0, held_out: 0, capped: 0, sendable: 3 }
  expect(greatestStop(stepsOf(free))).toBeUndefined()
})
