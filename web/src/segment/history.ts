/** What was, what is, and what was undone. */
export interface History<T> {
  past: readonly T[]
  now: T
  future: readonly T[]
}

const MOST = 200

export type Act<T> = { do: 'change'; to: T } | { do: 'undo' } | { do: 'redo' } | { do: 'begin'; with: T }

export const begun = <T>(now: T): History<T> => ({ past: [], now, future: [] })

/** The history after an act; what cannot be undone or redone leaves it as it is. */
export function acted<T>(history: History<T>, act: Act<T>): History<T> {
  const { past, now, future } = history
  switch (act.do) {
    case 'begin':
      return begun(act.with)
    case 'change':
      return act.to === now ? history : { past: [...past, now].slice(-MOST), now: act.to, future: [] }
    case 'undo': {
      const before = past.at(-1)
      return before === undefined ? history : { past: past.slice(0, -1), now: before, future: [now, ...future] }
    }
    case 'redo': {
      const after = future[0]
      return after === undefined ? history : { past: [...past, now], now: after, future: future.slice(1) }
    }
  }
}
