import { expect, it } from 'vitest'
import { acted, begun } from './history'

const change = (to: number) => ({ do: 'change', to }) as const

it('goes back and forth, and forgets what was undone once something else is done', () => {
  let now = begun(0)
  for (const to of [1, 2, 3]) now = acted(now, change(to))
  now = acted(acted(now, { do: 'undo' }), { do: 'undo' })
  expect(now.now).toBe(1)
  now = acted(now, { do: 'redo' })
  expect(now.now).toBe(2)
  now = acted(now, change(9))
  expect(now).toEqual({ past: [0, 1, 2], now: 9, future: [] })
  expect(acted(now, { do: 'redo' })).toBe(now)
  expect(acted(begun(5), { do: 'undo' }).now).toBe(5)
})
