import { expect, it } from 'vitest'
import { STATES } from './shapes'
import { actionsFrom, reachedBy } from './way'

const entry = (at: string, action: string, actor = 'a') => ({ at, action, actor, detail: {} })

it('tells who brought it there last, whatever the order of the log', () => {
  const log = [entry('2026-05-03', 'resume', 'eva'), entry('2026-05-01', 'start', 'ana'), entry('2026-05-02', 'pause', 'rui')]
  for (const some of [log, [...log].reverse()]) {
    expect(reachedBy(some, 'running')?.actor).toBe('eva')
    expect(reachedBy(some, 'paused')?.actor).toBe('rui')
    expect(reachedBy(some, 'done')).toBeUndefined()
    expect(reachedBy(some, 'draft')).toBeUndefined()
  }
})

it('offers no way to send what was changed since, and nothing once it is done', () => {
  for (const state of STATES) for (const action of ['approve', 'start', 'resume'] as const) expect(actionsFrom(state, true), state).not.toContain(action)
  expect(actionsFrom('done', false)).toEqual([])
  expect(actionsFrom('checked', false)[0]).toBe('approve')
})
