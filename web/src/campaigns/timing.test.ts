import { expect, it } from 'vitest'
import { shareText } from './share'
import { nextRun } from './timing'

const NOW = '2026-05-01T09:00:00Z'
const LATER = '2026-05-08T09:00:00Z'

it('is what the clock brings, and soon where that is already here', () => {
  expect(nextRun({ timing: 'every 1w', state: 'running', next_due: LATER }, NOW)).toEqual({ kind: 'at', at: LATER })
  expect(nextRun({ timing: 'once', state: 'running', next_due: NOW }, NOW)).toEqual({ kind: 'soon' })
  expect(nextRun({ timing: 'every 1w', state: 'running', next_due: NOW }, LATER)).toEqual({ kind: 'soon' })
})

it('is said by people where they give the occasion, and waits for the start before it', () => {
  expect(nextRun({ timing: 'on entering lapsed', state: 'running', next_due: null }, NOW)).toEqual({ kind: 'people' })
  expect(nextRun({ timing: 'on entering lapsed', state: 'draft', next_due: null }, NOW)).toEqual({ kind: 'start' })
  expect(nextRun({ timing: 'once at 2026-12-01T09:00', state: 'approved', next_due: null }, NOW)).toEqual({ kind: 'at', at: '2026-12-01T09:00' })
})

it('is none any more once all is sent, and none for now while paused or without a definition', () => {
  expect(nextRun({ timing: 'once', state: 'running', next_due: null }, NOW)).toEqual({ kind: 'never' })
  expect(nextRun({ timing: 'every 1w', state: 'paused', next_due: null }, NOW)).toEqual({ kind: 'paused' })
  expect(nextRun({ timing: 'every 1w', state: 'done', next_due: null }, NOW)).toEqual({ kind: 'never' })
  expect(nextRun({ timing: null, state: 'running', next_due: null }, NOW)).toEqual({ kind: 'unknown' })
})

it('writes shares in per cent as the API reads them', () => {
  for (const share of [0, 0.05, 0.07, 0.1, 0.123456789, 1]) expect(shareText(share)).toMatch(/^\d{1,3}(\.\d{1,9})?%$/)
  expect(shareText(0.07)).toBe('7%')
})
