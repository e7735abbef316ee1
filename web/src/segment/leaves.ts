/**
 * Conditions as rows: the shapes that have controls of their own, read from the tree and written back to
 * it. Whatever has another shape is a row of text; nothing of it is lost.
 */
import { type Deed, deedNode, deedOf, type Measured, measuredNode, measuredOf } from './deeds'
import { type Filter, filterNode, filterOf } from './filters'
import type { Node } from './tree'

export interface TraitIs {
  kind: 'trait'
  filter: Filter
}
/** In a segment or not, for how long, or one who came or went. */
export interface Belongs {
  kind: 'segment'
  name: string
  how: 'in' | 'not' | 'long' | 'entered' | 'left'
  atLeast: string
  window: Node | undefined
}
export interface Consents {
  kind: 'consent'
  purpose: string
}
/** Among the highest or lowest by a number: of everybody, or of those who did something. */
export interface Ranked {
  kind: 'ranked'
  by: { trait: string } | Measured
  percent: number
  bottom: boolean
  among: string | undefined
}
export interface Step {
  event: string
  negated: boolean
  within: string | undefined
}
/** One thing after another. */
export interface Sequence {
  kind: 'sequence'
  steps: Step[]
  by: string | undefined
  window: Node | undefined
}
export type Row = Deed | TraitIs | Belongs | Consents | Ranked | Sequence | { kind: 'text' }

export function rowOf(node: Node): Row {
  return deedOf(node) ?? traitOf(node) ?? belongsOf(node) ?? consentsOf(node) ?? rankedOf(node) ?? sequenceOf(node) ?? { kind: 'text' }
}

/** Whether a part is one condition, though a group may stand in the tree: `… or country is not set`. */
export const isRow = (node: Node) => node.form !== 'or' || traitOf(node) !== undefined

function traitOf(node: Node): TraitIs | undefined {
  const filter = filterOf(node, 'trait')
  return filter === undefined ? undefined : { kind: 'trait', filter }
}

function belongsOf(node: Node): Belongs | undefined {
  const rest = { kind: 'segment', name: node.name as string, atLeast: '30d', window: undefined } as const
  if (node.form === 'changed') return { ...rest, how: node.entered === true ? 'entered' : 'left', window: node.window as Node }
  if (node.form !== 'in_segment') return undefined
  if (node.at_least === undefined) return { ...rest, how: node.negated === true ? 'not' : 'in' }
  return node.negated === true ? undefined : { ...rest, how: 'long', atLeast: node.at_least as string }
}

const consentsOf = (node: Node): Consents | undefined => (node.form === 'consents_to' ? { kind: 'consent', purpose: node.purpose as string } : undefined)

function rankedOf(node: Node): Ranked | undefined {
  if (node.form !== 'in_top') return undefined
  const value = node.value as Node
  const by = value.form === 'trait' ? { trait: value.name as string } : measuredOf(value)
  const scope = node.scope as Node | undefined
  const among = scope === undefined ? undefined : whoDid(scope)
  if (by === undefined || (scope !== undefined && among === undefined)) return undefined
  const percent = Math.round((node.share as number) * 1e6) / 1e4
  return { kind: 'ranked', by, percent, bottom: node.bottom === true, among }
}

/** The one event of `did x`, whenever that was. */
function whoDid(node: Node): string | undefined {
  const found = node.form === 'did' ? deedOf(node) : undefined
  const plain = found !== undefined && !found.negated && found.window === undefined && found.filters.length === 0
  return plain && found.events.length === 1 ? found.events[0] : undefined
}

function sequenceOf(node: Node): Sequence | undefined {
  if (node.form !== 'sequence_match') return undefined
  const said = node.sequence as Node
  const steps = (said.steps as Node[]).map((step): Step | undefined => {
    const events = step.events as string[]
    if (events.length !== 1 || step.where !== undefined) return undefined
    return { event: events[0] as string, negated: step.negated === true, within: step.within as string | undefined }
  })
  if (steps.includes(undefined)) return undefined
  return { kind: 'sequence', steps: steps as Step[], by: said.by as string | undefined, window: said.window as Node | undefined }
}

/** The tree of a row: what `rowOf` reads back as the same row. */
export function nodeOf(row: Exclude<Row, { kind: 'text' }>): Node {
  switch (row.kind) {
    case 'segment':
      return belongsNode(row)
    case 'consent':
      return { form: 'consents_to', purpose: row.purpose }
    case 'trait':
      return filterNode(row.filter, 'trait')
    case 'deed':
      return deedNode(row)
    case 'ranked':
      return rankedNode(row)
    case 'sequence':
      return { form: 'sequence_match', sequence: sequenceNode(row) }
  }
}

function belongsNode(row: Belongs): Node {
  const { name, how } = row
  if (how === 'entered' || how === 'left')
    return { form: 'changed', entered: how === 'entered', name, window: row.window ?? { form: 'in_last', span: '30d' } }
  return { form: 'in_segment', name, ...(how === 'not' ? { negated: true } : how === 'long' ? { at_least: row.atLeast } : {}) }
}

function rankedNode(row: Ranked): Node {
  const value = 'trait' in row.by ? { form: 'trait', name: row.by.trait } : measuredNode(row.by)
  const scope = row.among === undefined ? {} : { scope: { form: 'did', selection: { events: [row.among] } } }
  return { form: 'in_top', value, share: Math.round(row.percent * 1e4) / 1e6, ...(row.bottom ? { bottom: true } : {}), ...scope }
}

function sequenceNode(row: Sequence): Node {
  const steps = row.steps.map((step) => ({
    events: [step.event],
    ...(step.negated ? { negated: true } : {}),
    ...(step.within === undefined ? {} : { within: step.within }),
  }))
  return { steps, ...(row.by === undefined ? {} : { by: row.by }), ...(row.window === undefined ? {} : { window: row.window }) } as unknown as Node
}
