import { createContext, type RefObject, useContext } from 'react'
import type { Shapes } from '@/api/client'
import type { Group, Node } from '@/segment/tree'
import type { PartCount } from './usePreview'

/** What every row of the builder needs: the tree and how to change it, names, and the counts. */
export interface Building {
  /** The segment that is edited; a new one has none. */
  name: string | undefined
  tree: Group
  change: (next: Group) => void
  words: Shapes['WordsKnown']
  /** Counts of the part at a path; undefined while they are not known. */
  counted: (path: string) => PartCount | undefined
  whole: number | undefined
  /** What is wrong with the part at a path. */
  wrong: (path: string) => string | undefined
  /** The key of the part that shall have the focus once it is drawn. */
  focus: RefObject<number | undefined>
}

export const BuildingContext = createContext<Building | null>(null)

export function useBuilding(): Building {
  const found = useContext(BuildingContext)
  if (found === null) throw new Error('outside the builder')
  return found
}

export const KINDS = ['deed', 'trait', 'prediction', 'segment', 'consent', 'ranked', 'sequence', 'text'] as const
export type Kind = (typeof KINDS)[number]

/** A condition to begin with: of a name that was chosen, else of the most frequent event. */
export function firstCondition(kind: Kind, words: Shapes['WordsKnown'], named?: string): Node {
  const [first = 'order_completed', second = first] = words.events.filter((one) => one.parent === null).map((one) => one.name)
  const event = named ?? first
  switch (kind) {
    case 'deed':
      return { form: 'did', selection: { events: [event], window: { form: 'in_last', span: '30d' } } }
    case 'trait': {
      const trait = named ?? words.traits.find((one) => one.name !== 'user_id' && one.predicts === null)?.name ?? 'country'
      return { form: 'is_set', value: { form: 'trait', name: trait } }
    }
    case 'prediction': {
      const predicted = words.traits.find((one) => (named === undefined ? one.predicts === 'chance' : one.name === named)) ?? words.traits.find((one) => one.predicts !== null)
      const right = predicted?.predicts === 'amount' ? { form: 'number', number: 100 } : { form: 'number', number: 0.6, percent: true }
      return { form: 'compare', left: { form: 'trait', name: predicted?.name ?? '' }, comparator: '>=', right }
    }
    case 'segment':
      return { form: 'in_segment', name: named ?? words.segments[0]?.name ?? '' }
    case 'consent':
      return { form: 'consents_to', purpose: named ?? words.purposes[0] ?? 'marketing' }
    case 'ranked':
      return { form: 'in_top', value: { form: 'aggregate', function: 'count', selection: { events: [event] } }, share: 0.2 }
    case 'sequence':
      return { form: 'sequence_match', sequence: { steps: [{ events: [second] }, { events: [event], within: '1d' }] } }
    case 'text':
      return { form: 'compare', left: { form: 'aggregate', function: 'gap', selection: { events: [event] } }, comparator: '<=', right: { form: 'span', span: '30d' } }
  }
}

/** Before a row goes: the next one has the focus then, else the one before, else what adds one. */
export function focusAfter(row: HTMLElement | null) {
  if (row === null) return
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
  const place = rows.indexOf(row)
  const next = rows[place + 1] ?? rows[place - 1]
  requestAnimationFrame(() => {
    const field = next?.isConnected ? next.querySelector<HTMLElement>('select, input, textarea') : document.querySelector<HTMLElement>('[data-add]')
    field?.focus()
  })
}
