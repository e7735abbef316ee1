import { describe, expect, it } from 'vitest'
import { nodeOf, rowOf } from './leaves'
import type { Node } from './tree'

const property = (name: string) => ({ form: 'property', name })
const rows: [string, Node][] = [
  ['did a in last 30d', { form: 'did', selection: { events: ['a'], window: { form: 'in_last', span: '30d' } } }],
  ['did not a', { form: 'did', selection: { events: ['a'] }, negated: true }],
  ['did a where p = "x" and q > 3', {
    form: 'did',
    selection: {
      events: ['a'],
      where: {
        form: 'and',
        rules: [
          { form: 'compare', left: property('p'), comparator: '=', right: { form: 'text', text: 'x' } },
          { form: 'compare', left: property('q'), comparator: '>', right: { form: 'number', number: 3 } },
        ],
      },
    },
  }],
  ['count(a) >= 3', { form: 'compare', left: { form: 'aggregate', function: 'count', selection: { events: ['a'] } }, comparator: '>=', right: { form: 'number', number: 3 } }],
  ['sum(a.p) > 5', { form: 'compare', left: { form: 'aggregate', function: 'sum', selection: { events: ['a'], property: 'p' } }, comparator: '>', right: { form: 'number', number: 5 } }],
  ['country = "PT"', { form: 'compare', left: { form: 'trait', name: 'country' }, comparator: '=', right: { form: 'text', text: 'PT' } }],
  ['email is not set', { form: 'is_set', value: { form: 'trait', name: 'email' }, negated: true }],
  ['email contains "x"', { form: 'text_match', value: { form: 'trait', name: 'email' }, test: 'contains', text: 'x' }],
  ['in segment s', { form: 'in_segment', name: 's' }],
  ['not in segment s', { form: 'in_segment', name: 's', negated: true }],
  ['consents to marketing', { form: 'consents_to', purpose: 'marketing' }],
]

describe('a condition with controls', () => {
  it.each(rows)('%s is written back as it was read', (_, node) => {
    const row = rowOf(node)
    expect(row.kind).not.toBe('text')
    if (row.kind !== 'text') expect(nodeOf(row)).toEqual(node)
  })
})

const others: [string, Node][] = [
  ['in segment s for at least 30d', { form: 'in_segment', name: 's', at_least: '30d' }],
  ['did any event', { form: 'did', selection: { events: [] } }],
  ['did any of (a, b)', { form: 'did', selection: { events: ['a', 'b'] } }],
  ['points > 60%', { form: 'compare', left: { form: 'trait', name: 'points' }, comparator: '>', right: { form: 'number', number: 0.6, percent: true } }],
  ['distinct(a.p) >= 2', { form: 'compare', left: { form: 'aggregate', function: 'distinct', selection: { events: ['a'], property: 'p' } }, comparator: '>=', right: { form: 'number', number: 2 } }],
  ['did a where p = 1 or q = 2', { form: 'did', selection: { events: ['a'], where: { form: 'or', rules: [] } } }],
  ['email not contains "x"', { form: 'text_match', value: { form: 'trait', name: 'email' }, test: 'contains', text: 'x', negated: true }],
]

it.each(others)('%s is a row of text, so that nothing of it is lost', (_, node) => {
  expect(rowOf(node)).toEqual({ kind: 'text' })
})
