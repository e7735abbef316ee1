import type { Shapes } from '@/api/client'

/** The counts of an audience, as the API tells them. */
export type Counts = Shapes['Counts']

/** What can stop somebody, in the order in which it is asked. */
export const STOPS = ['no_consent', 'unreachable', 'suppressed', 'held_out', 'capped'] as const
export type Stop = (typeof STOPS)[number]
export type StepName = 'matched' | 'consented' | 'reachable' | 'sendable' | Stop

/** A bar of the waterfall, from one number of people to another; `goes` takes people away. */
export interface Step {
  name: StepName
  count: number
  from: number
  to: number
  goes: boolean
  /** The states of the people it is made of; none of them named means everybody. */
  states: readonly string[]
}

/** From those matched to those who may be written to; each bar begins where the one before ends. */
export function stepsOf(counts: Counts): Step[] {
  const { matched, consented, reachable, suppressed, held_out, capped, sendable } = counts
  const free = reachable - suppressed
  const stays = (name: StepName, count: number, states: readonly string[]): Step => ({ name, count, from: 0, to: count, goes: false, states })
  const goes = (name: Stop, from: number, to: number): Step => ({ name, count: to - from, from, to, goes: true, states: [name] })
  return [
    stays('matched', matched, []),
    goes('no_consent', consented, matched),
    stays('consented', consented, ['sendable', 'capped', 'held_out', 'suppressed', 'unreachable']),
    goes('unreachable', reachable, consented),
    stays('reachable', reachable, ['sendable', 'capped', 'held_out', 'suppressed']),
    goes('suppressed', free, reachable),
    goes('held_out', free - held_out, free),
    goes('capped', free - held_out - capped, free - held_out),
    stays('sendable', sendable, ['sendable']),
  ]
}

/** The step that stops the most people; none where nobody is stopped. */
export function greatestStop(steps: readonly Step[]): Step | undefined {
  const stopped = steps.filter((one) => one.goes && one.count > 0)
  return stopped.reduce<Step | undefined>((most, one) => (most === undefined || one.count > most.count ? one : most), undefined)
}
