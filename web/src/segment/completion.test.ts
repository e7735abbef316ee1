import { describe, expect, it } from 'vitest'
import { completed, completionsAt, type Names } from './completion'
import { offsetOf, tokens, wordsIn } from './tokens'

const names: Names = {
  events: [
    { name: 'order_completed_line', title: null, parent: 'order_completed', properties: [] },
    { name: 'order_completed', title: 'placed an order', parent: null, properties: [{ name: 'revenue', title: null }, { name: 'coupon', title: null }] },
    { name: 'page_viewed', title: null, parent: null, properties: [{ name: 'url', title: null }] },
  ],
  traits: [{ name: 'country', title: null }, { name: 'will_lapse', title: 'chance of no order', predicts: 'chance' }, { name: 'age group', title: null }],
  segments: [{ name: 'lapsed', title: 'Lapsed customers' }],
  purposes: ['marketing'],
  keywords: ['did', 'not', 'and', 'or', 'any event', 'any of (', 'where', 'in last', 'in segment', 'consents to', 'sequence (', 'count(', 'sum('],
}
/** What is offered at the bar. */
const offered = (text: string) => completionsAt(text.replace('|', ''), text.indexOf('|'), names).offers.map((one) => one.text)

describe('completion', () => {
  it.each<[string, string[]]>([
    ['did ord|', ['order_completed', 'order_completed_line']],
    ['did not placed|', ['order_completed']],
    ['sum(order_completed.|', ['revenue', 'coupon']],
    ['sum(order_completed.rev|', ['revenue']],
    ['did order_completed where c|', ['coupon', 'count(', 'consents to']],
    ['did order_completed where coupon is set and r|', ['revenue']],
    ['in segment |', ['lapsed']],
    ['consents to m|', ['marketing']],
    ['count(|', ['order_completed', 'order_completed_line', 'page_viewed', 'any event', 'any of (']],
    ['did any of (order_completed, |', ['order_completed', 'page_viewed']],
    ['sequence (page_viewed, o|', ['order_completed']],
    ['country = "d|', []],
    ['did order_completed # d|', []],
    ['page_viewed|', []],
    ['age |', ['did']],
    ['will_l|', ['will_lapse']],
    ['did ord and will_lapse |', ['>= 60%', '>= 80%', '< 20%']],
    ['will_lapse b|', ['between 40% and 60%']],
  ])('%s', (text, some) => {
    const found = offered(text)
    if (some.length === 0) expect(found).toEqual([])
    else expect(found.slice(0, some.length).sort()).toEqual([...some].sort())
  })

  it('writes a name in backticks where it needs them', () => expect(offered('group|')).toContain('`age group`'))

  it('stands in the place of what was typed, and goes on behind it', () => {
    const text = 'did ord and vip'
    const at = completionsAt(text, 7, names)
    expect(completed(text, at, at.offers[0] as never)).toEqual({ text: 'did order_completed and vip', place: 19 })
    const keyword = completionsAt('d', 1, names)
    expect(completed('d', keyword, { what: 'keyword', text: 'did', title: null })).toEqual({ text: 'did ', place: 4 })
  })
})

it('pieces are the whole text again, whatever it is', () => {
  const words = wordsIn(names.keywords)
  for (const text of ['', 'did a where p = "it""s"', "x >= 1.5 # why\nand 'open", '`a``b`.c in last 30d', 'é ≥ 3 \u{1F600}', '2026-11-01T09:30:00Z']) {
    expect(tokens(text, words).map((one) => one.text).join('')).toBe(text)
  }
  expect(tokens('did a', words).map((one) => one.kind)).toEqual(['word', 'space', 'name'])
  expect(offsetOf('did a\nor did b', 2, 8)).toBe(13)
})
