import { describe, expect, it } from 'vitest'
import { didRule, firstEvent, firstSteps, partitionsOf, startable, thenRule } from './asking'

const event = (name: string, rows = 10, parent: string | null = null) => ({ name, rows, parent })

describe('what to begin with', () => {
  it('is the way to buying, as far as it is known', () => {
    const events = ['order_completed', 'page_viewed', 'product_added', 'coupon_redeemed'].map((name) => event(name))
    expect(firstSteps(events)).toEqual(['page_viewed', 'product_added', 'order_completed'])
    expect(firstEvent(events)).toBe('order_completed')
  })
  it('is the most frequent event and the rarest where no such way is known', () => {
    const events = [event('visit', 30), event('trial', 20), event('paid', 10)]
    expect(firstSteps(events)).toEqual(['visit', 'paid'])
    expect(firstEvent(events)).toBe('visit')
  })
  it('is one event where there is one, and none where there is none', () => {
    expect(firstSteps([event('visit')])).toEqual(['visit'])
    expect(firstSteps([])).toEqual([])
    expect(firstEvent([])).toBeUndefined()
  })
  it('never is an event that did not come in, or a line of another', () => {
    expect(startable([event('a', 0), event('b', 5, 'a'), event('c')]).map((one) => one.name)).toEqual(['c'])
  })
})

describe('rules', () => {
  const asked = { first: 'page_viewed', then: 'order_completed', within: '', window: '', among: null }
  it('say the order, the time, the window and among whom', () => {
    expect(thenRule(asked)).toBe('sequence (page_viewed, order_completed)')
    expect(thenRule({ ...asked, within: '7d', window: 'in last 90d', among: 'stage.new' })).toBe(
      'in stage.new and sequence (page_viewed, order_completed within 7d) in last 90d',
    )
    expect(didRule('page_viewed', 'in last 30d', null)).toBe('did page_viewed in last 30d')
    expect(didRule('page_viewed', '', 'vips')).toBe('in vips and did page_viewed')
  })
})

describe('partitions', () => {
  it('are what stands before the dot, once each', () => {
    expect(partitionsOf(['stage.new', 'vips', 'stage.lapsed', 'rfm.best'])).toEqual(['stage', 'rfm'])
  })
})
