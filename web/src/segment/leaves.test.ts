import { describe, expect, it } from 'vitest'
import { begun, filterNode, filterOf, taken, testsFor } from './filters'
import { nodeOf, rowOf } from './leaves'
import type { Node } from './tree'

const property = (name: string) => ({ form: 'property', name })
const trait = (name: string) => ({ form: 'trait', name })
const number = (value: number) => ({ form: 'number', number: value })
const counted = (events: string[], more: object = {}) => ({ form: 'aggregate', function: 'count', selection: { events, ...more } })
const last30 = { form: 'in_last', span: '30d' }

const rows: [string, string, Node][] = [
  ['did a in last 30d', 'deed', { form: 'did', selection: { events: ['a'], window: last30 } }],
  ['did not a', 'deed', { form: 'did', selection: { events: ['a'] }, negated: true }],
  ['did any event', 'deed', { form: 'did', selection: { events: [] } }],
  ['did any of (a, b)', 'deed', { form: 'did', selection: { events: ['a', 'b'] } }],
  ['did a where p = "x" and q > 3', 'deed', {
    form: 'did',
    selection: {
      events: ['a'],
      where: {
        form: 'and',
        rules: [
          { form: 'compare', left: property('p'), comparator: '=', right: { form: 'text', text: 'x' } },
          { form: 'compare', left: property('q'), comparator: '>', right: number(3) },
        ],
      },
    },
  }],
  ['count(a) >= 3', 'deed', { form: 'compare', left: counted(['a']), comparator: '>=', right: number(3) }],
  ['sum(a.p) > 5', 'deed', { form: 'compare', left: { form: 'aggregate', function: 'sum', selection: { events: ['a'], property: 'p' } }, comparator: '>', right: number(5) }],
  ['distinct(a.p) >= 2', 'deed', { form: 'compare', left: { form: 'aggregate', function: 'distinct', selection: { events: ['a'], property: 'p' } }, comparator: '>=', right: number(2) }],
  ['age(last(a)) > 6mo', 'deed', { form: 'compare', left: { form: 'age', value: { form: 'aggregate', function: 'last', selection: { events: ['a'] } } }, comparator: '>', right: { form: 'span', span: '6mo' } }],
  ['country = "PT"', 'trait', { form: 'compare', left: trait('country'), comparator: '=', right: { form: 'text', text: 'PT' } }],
  ['born < 2000-01-01', 'trait', { form: 'compare', left: trait('born'), comparator: '<', right: { form: 'instant', text: '2000-01-01' } }],
  ['email is not set', 'trait', { form: 'is_set', value: trait('email'), negated: true }],
  ['email contains "x"', 'trait', { form: 'text_match', value: trait('email'), test: 'contains', text: 'x' }],
  ['email not ends with "x"', 'trait', { form: 'text_match', value: trait('email'), test: 'ends with', text: 'x', negated: true }],
  ['country in ("PT", "ES")', 'trait', { form: 'in_list', value: trait('country'), literals: [{ form: 'text', text: 'PT' }, { form: 'text', text: 'ES' }] }],
  ['points not between 10 and 20', 'trait', { form: 'between', value: trait('points'), low: number(10), high: number(20), negated: true }],
  ['will_buy >= 60%', 'trait', { form: 'compare', left: trait('will_buy'), comparator: '>=', right: { form: 'number', number: 0.6, percent: true } }],
  ['will_buy between 29% and 57.5%', 'trait', { form: 'between', value: trait('will_buy'), low: { form: 'number', number: 0.29, percent: true }, high: { form: 'number', number: 0.575, percent: true } }],
  ['vip', 'trait', { form: 'trait_truth', value: trait('vip') }],
  ['age(joined) > 1y', 'trait', { form: 'compare', left: { form: 'age', value: trait('joined') }, comparator: '>', right: { form: 'span', span: '1y' } }],
  ['until(next_anniversary(birthday)) <= 14d', 'trait', { form: 'compare', left: { form: 'until', value: { form: 'anniversary', function: 'next_anniversary', value: trait('birthday') } }, comparator: '<=', right: { form: 'span', span: '14d' } }],
  ['country != "PT" or country is not set', 'trait', {
    form: 'or',
    rules: [
      { form: 'compare', left: trait('country'), comparator: '!=', right: { form: 'text', text: 'PT' } },
      { form: 'is_set', value: trait('country'), negated: true },
    ],
  }],
  ['in segment s', 'segment', { form: 'in_segment', name: 's' }],
  ['not in segment s', 'segment', { form: 'in_segment', name: 's', negated: true }],
  ['in segment s for at least 30d', 'segment', { form: 'in_segment', name: 's', at_least: '30d' }],
  ['entered segment s in last 30d', 'segment', { form: 'changed', entered: true, name: 's', window: last30 }],
  ['consents to marketing', 'consent', { form: 'consents_to', purpose: 'marketing' }],
  ['points in bottom 5%', 'ranked', { form: 'in_top', value: trait('points'), share: 0.05, bottom: true }],
  ['count(a) in top 12.5% of (did a)', 'ranked', { form: 'in_top', value: counted(['a'], { window: last30 }), share: 0.125, scope: { form: 'did', selection: { events: ['a'] } } }],
  ['sequence by p (a, not b within 1d) in last 30d', 'sequence', {
    form: 'sequence_match',
    sequence: { steps: [{ events: ['a'] }, { events: ['b'], negated: true, within: '1d' }], by: 'p', window: last30 },
  }],
]

describe('a condition with controls', () => {
  it.each(rows)('%s is a row of the kind %s, written back as it was read', (_, kind, node) => {
    const row = rowOf(node)
    expect(row.kind).toBe(kind)
    if (row.kind !== 'text') expect(nodeOf(row)).toEqual(node)
  })
})

const others: [string, Node][] = [
  ['will_buy > 0.123456789%', { form: 'compare', left: trait('will_buy'), comparator: '>', right: { form: 'number', number: 0.00123456789, percent: true } }],
  ['did a where p = 1 or q = 2', { form: 'did', selection: { events: ['a'], where: { form: 'or', rules: [] } } }],
  ['top(a.p) = "x"', { form: 'compare', left: { form: 'aggregate', function: 'top', selection: { events: ['a'], property: 'p' } }, comparator: '=', right: { form: 'text', text: 'x' } }],
  ['country = "PT" or points is not set', {
    form: 'or',
    rules: [
      { form: 'compare', left: trait('country'), comparator: '!=', right: { form: 'text', text: 'PT' } },
      { form: 'is_set', value: trait('points'), negated: true },
    ],
  }],
  ['points in top 5% of (country = "PT")', { form: 'in_top', value: trait('points'), share: 0.05, scope: { form: 'compare', left: trait('country'), comparator: '=', right: { form: 'text', text: 'PT' } } }],
  ['sequence (a where p = 1, b)', { form: 'sequence_match', sequence: { steps: [{ events: ['a'], where: { form: 'trait_truth', value: trait('p') } }, { events: ['b'] }] } }],
  ['count(a) / count(b) > 2', { form: 'compare', left: { form: 'arithmetic', operator: '/', left: counted(['a']), right: counted(['b']) }, comparator: '>', right: number(2) }],
]

it.each(others)('%s is a row of text, so that nothing of it is lost', (_, node) => {
  expect(rowOf(node)).toEqual({ kind: 'text' })
})

describe.each(['number', 'chance', 'text', 'boolean', 'instant'])('every test that a %s knows', (type) => {
  it.each(testsFor(type, 'trait'))('%s begins with a value that is read back', (test) => {
    const value = begun(test, type, '')
    const filter = { name: 'x', test, value: taken(test) === 'several' ? ['a', 'b'] : value }
    expect(filterOf(filterNode(filter, 'trait'), 'trait')).toEqual(filter)
  })
})
