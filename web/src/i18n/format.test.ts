import { describe, expect, it } from 'vitest'
import { formats } from './format'

const english = formats('en', 'America/New_York', 'USD')
const portuguese = formats('pt', 'America/Sao_Paulo', 'BRL')

describe('numbers', () => {
  it('are written as the sentences of the rules write them', () => {
    expect(english.number(1234.5)).toBe('1,234.5')
    expect(portuguese.number(1234.5)).toBe('1.234,5')
    expect(english.signed(-12)).toBe('-12')
    expect(english.signed(0)).toBe('0')
    expect(english.percent(0.125)).toBe('12.5%')
  })
  it('are money in the currency of the project, or plain where it has none', () => {
    expect(english.money(12.5)).toBe('US$12.50')
    expect(english.money(12_345.6)).toBe('US$12,346')
    expect(portuguese.money(12.5)).toBe('R$\u00a012,50')
    expect(formats('en', 'UTC', null).money(12.5)).toBe('12.50')
  })
})

describe('dates', () => {
  it('are those of the time zone of the project', () => {
    expect(english.day('2018-01-01T04:01:20Z')).toBe('31 Dec 2017')
    expect(english.isoDay('2018-01-01T04:01:20Z')).toBe('2017-12-31')
    expect(formats('en', 'UTC', null).isoDay('2018-01-01T04:01:20Z')).toBe('2018-01-01')
  })
  it('are told from now in the largest unit that fits', () => {
    const now = '2026-11-22T12:00:00Z'
    expect(english.ago('2026-11-19T12:00:00Z', now)).toBe('3 days ago')
    expect(english.ago('2026-11-22T10:00:00Z', now)).toBe('2 hours ago')
    expect(english.ago('2027-01-01T12:00:00Z', now)).toBe('next month')
    expect(portuguese.ago('2026-11-19T12:00:00Z', now)).toBe('há 3 dias')
  })
})
