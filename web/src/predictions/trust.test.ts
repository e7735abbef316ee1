import { describe, expect, it } from 'vitest'
import { firstPlace, type Judged, peopleFrom, ruleFrom, trustOf } from './trust'

const test = { as_of: '', ran_at: '', n: 100, positives: 30, auc: 0.84, ece: 0.01, recency: 0.8, warnings: 0 }
const fitted: Judged = { status: 'fitted', warnings: [], last_test: test }
const tested = (more: object): Judged => ({ ...fitted, last_test: { ...test, ...more } })

describe('trust', () => {
  it.each<[Judged, string]>([
    [fitted, 'trusted'],
    [tested({ recency: null }), 'trusted'],
    [tested({ ece: 0.051 }), 'order'],
    [tested({ auc: 0.8 }), 'plain'],
    [tested({ auc: 0.58, recency: 0.5 }), 'weak'],
    [tested({ auc: null, ece: null, rank_correlation: 0.4, recency: 0.3 }), 'trusted'],
    [tested({ auc: null, ece: null, rank_correlation: 0.05, recency: 0 }), 'weak'],
    [{ ...fitted, last_test: null }, 'untested'],
    [{ ...fitted, warnings: ['too good to be true'] }, 'leak'],
    [{ ...fitted, status: 'stale' }, 'again'],
    [{ ...fitted, status: 'changed' }, 'again'],
    [{ ...fitted, status: 'refused' }, 'refused'],
    [{ ...fitted, status: 'failed' }, 'failed'],
    [{ ...fitted, status: 'never fitted' }, 'never'],
  ])('%#', (row, trust) => expect(trustOf(row)).toBe(trust))
})

describe('a threshold', () => {
  const chances = Array.from({ length: 100 }, (_, place) => ({ from: place / 100, to: (place + 1) / 100, people: place === 10 ? 90 : place === 70 ? 10 : 0 }))
  it('counts whoever has at least so much', () => {
    expect(peopleFrom(chances, 10)).toBe(100)
    expect(peopleFrom(chances, 11)).toBe(10)
    expect(peopleFrom(chances, 71)).toBe(0)
  })
  it('begins with the fifth that has most', () => {
    expect(firstPlace(chances)).toBe(11)
    expect(firstPlace([{ from: 3, to: 3, people: 5 }])).toBe(0)
    expect(firstPlace([])).toBe(0)
  })
  it('is a rule that selects the same', () => {
    expect(ruleFrom('will_buy', chances[57] as never, 'chance')).toBe('will_buy >= 57%')
    expect(ruleFrom('spend', { from: 261.334692, to: 300, people: 1 }, 'amount')).toBe('spend >= 261.334692')
    expect(ruleFrom('spend', { from: 12.3456781234, to: 13, people: 1 }, 'amount')).toBe('spend >= 12.345679')
  })
})
