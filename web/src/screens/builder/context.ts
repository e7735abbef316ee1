import { createContext, useContext } from 'react'
import type { Shapes } from '@/api/client'
import type { Group, Node } from '@/segment/tree'
import type { PartCount } from './usePreview'

/** What every row of the builder needs: the tree and how to change it, names, and the counts. */
export interface Building {
  tree: Group
  change: (next: Group) => void
  words: Shapes['WordsKnown']
  /** Counts of the part at a path; undefined while they are not known. */
  counted: (path: string) => PartCount | undefined
  whole: number | undefined
  /** What is wrong with the part at a path. */
  wrong: (path: string) => string | undefined
}

export const BuildingContext = createContext<Building | null>(null)

export function useBuilding(): Building {
  const found = useContext(BuildingContext)
  if (found === null) throw new Error('outside the builder')
  return found
}

/** A condition to begin with: the most frequent event, in the last 30 days. */
export function firstCondition(kind: 'deed' | 'trait' | 'segment' | 'consent' | 'text', words: Shapes['WordsKnown']): Node {
  const event = words.events.find((one) => one.parent === null)?.name ?? 'order_completed'
  switch (kind) {
    case 'deed':
      return { form: 'did', selection: { events: [event], window: { form: 'in_last', span: '30d' } } }
    case 'trait': {
      const trait = words.traits.find((one) => one.name !== 'user_id')?.name ?? 'country'
      return { form: 'is_set', value: { form: 'trait', name: trait } }
    }
    case 'segment':
      return { form: 'in_segment', name: words.segments[0]?.name ?? '' }
    case 'consent':
      return { form: 'consents_to', purpose: words.purposes[0] ?? 'marketing' }
    case 'text':
      return { form: 'compare', left: { form: 'aggregate', function: 'days', selection: { events: [event] } }, comparator: '>=', right: { form: 'number', number: 2 } }
  }
}
