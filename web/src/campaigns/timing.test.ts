import { expect, it } from 'vitest'
import { shareText } from './share'
import { nextRun } from './timing'

const START = '2026-05-01T09:00:00Z'

it('is the first step after now that lies whole steps after the start', () => {
  const week = 7 * 86_400_000
  for (const days of [0, 1, 6.99, 7, 7.01, 40]) {
    const now = new Date(Date.parse(START) + days * 86_400_000).toISOString()
    const next = nextRun('every 1w', 'running', START, now)
    if (next.kind !== 'at') throw new Error(next.kind)
    const away = Date.parse(next.at) - Date.parse(now)
    expect(away, now).toBeGreaterThan(0)
    expect(away, now).toBeLessThanOrEqual(week)
    expect((Date.parse(next.at) - Date.parse(START)) % week).toBe(0)
  }
})

it('is said by people where they give the occasion, and waits for the start before it', () => {
  expect(nextRun('on entering lapsed', 'running', START, START)).toEqual({ kind: 'people' })
  expect(nextRun('on entering lapsed', 'draft', null, START)).toEqual({ kind: 'start' })
  expect(nextRun('once', 'running', START, START)).toEqual({ kind: 'soon' })
  expect(nextRun('once at 2026-12-01T09:00', 'approved', null, START)).toEqual({ kind: 'at', at: '2026-12-01T09:00' })
  expect(nextRun('every 1w', 'paused', START, START)).toEqual({ kind: 'paused' })
  expect(nextRun('every 1w', 'done', START, START)).toEqual({ kind: 'never' })
  expect(nextRun(null, 'running', START, START)).toEqual({ kind: 'unknown' })
})

it('writes shares in per cent as the API reads them', () => {
  for (const share of [0, 0.05, 0.07, 0.1, 0.123456789, 1]) expect(shareText(share)).toMatch(/^\d{1,3}(\.\d{1,9})?%$/)
  expect(shareText(0.07)).toBe('7%')
})
