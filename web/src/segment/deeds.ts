/** What people did, and how often or how much: the measures that have controls of their own. */
import { type Comparator, type Filter, filterNode, filterOf } from './filters'
import type { Node } from './tree'

/** Need a number among the event's properties. */
export const NUMERIC = ['sum', 'avg', 'min', 'max', 'median'] as const
export const MEASURES = ['count', 'days', ...NUMERIC, 'distinct', 'last', 'first'] as const
export type Measure = (typeof MEASURES)[number]

export const isNumeric = (measure: string) => NUMERIC.includes(measure as never)
/** Whether a measure is of one property. */
export const isOfProperty = (measure: string) => isNumeric(measure) || measure === 'distinct'
/** Whether a measure is when it happened, so that it is told by how long ago. */
export const isTime = (measure: string) => measure === 'last' || measure === 'first'

/** Which events, with what properties, when; no event is any of them. */
export interface Chosen {
  events: string[]
  property: string | undefined
  filters: Filter[]
  window: Node | undefined
}

export interface Measured extends Chosen {
  measure: Measure
}

/** Something they did: whether, how often, how much, or how long ago. */
export interface Deed extends Chosen {
  kind: 'deed'
  measure: 'did' | Measure
  negated: boolean
  comparator: Comparator
  number: number
  span: string
}

export function deedOf(node: Node): Deed | undefined {
  const rest = { kind: 'deed', negated: false, comparator: '>=', number: 1, span: '30d' } as const
  if (node.form === 'did') {
    const chosen = selectionOf(node.selection as Node)
    return chosen !== undefined && chosen.property === undefined ? { ...rest, measure: 'did', ...chosen, negated: node.negated === true } : undefined
  }
  const left = node.left as Node | undefined
  const right = node.right as Node | undefined
  if (node.form !== 'compare' || left === undefined || right === undefined) return undefined
  const comparator = node.comparator as Comparator
  if (left.form === 'age' && right.form === 'span') {
    const when = measuredOf(left.value as Node)
    return when !== undefined && isTime(when.measure) ? { ...rest, ...when, comparator, span: right.span as string } : undefined
  }
  const found = measuredOf(left)
  if (found === undefined || isTime(found.measure) || right.form !== 'number' || right.percent === true) return undefined
  return { ...rest, ...found, comparator, number: right.number as number }
}

export function deedNode(row: Deed): Node {
  if (row.measure === 'did') return { form: 'did', selection: selectionNode(row, false), ...(row.negated ? { negated: true } : {}) }
  const value = measuredNode({ ...row, measure: row.measure })
  if (isTime(row.measure)) return { form: 'compare', left: { form: 'age', value }, comparator: row.comparator, right: { form: 'span', span: row.span } }
  return { form: 'compare', left: value, comparator: row.comparator, right: { form: 'number', number: row.number } }
}

/** `count(…)`, `sum(… .revenue)`, `last(…)`. */
export function measuredOf(node: Node): Measured | undefined {
  const measure = node.function as Measure
  if (node.form !== 'aggregate' || !MEASURES.includes(measure)) return undefined
  const chosen = selectionOf(node.selection as Node)
  return chosen === undefined || isOfProperty(measure) !== (chosen.property !== undefined) ? undefined : { measure, ...chosen }
}

export const measuredNode = (it: Measured): Node => ({ form: 'aggregate', function: it.measure, selection: selectionNode(it, isOfProperty(it.measure)) })

export function selectionOf(selection: Node): Chosen | undefined {
  if (selection.time_part !== undefined) return undefined
  const filters = filtersOf(selection.where as Node | undefined)
  if (filters === undefined) return undefined
  return { events: selection.events as string[], property: selection.property as string | undefined, filters, window: selection.window as Node | undefined }
}

/** A selection has no form of its own; it stands inside others. */
export function selectionNode(row: Chosen, hasProperty: boolean): Node {
  const where = row.filters.map((filter) => filterNode(filter, 'property'))
  return {
    events: row.events,
    ...(hasProperty ? { property: row.property ?? '' } : {}),
    ...(where.length === 1 ? { where: where[0] } : where.length > 1 ? { where: { form: 'and', rules: where } } : {}),
    ...(row.window === undefined ? {} : { window: row.window }),
  } as unknown as Node
}

function filtersOf(where: Node | undefined): Filter[] | undefined {
  if (where === undefined) return []
  const parts = where.form === 'and' ? (where.rules as Node[]) : [where]
  const filters = parts.map((part) => filterOf(part, 'property'))
  return filters.includes(undefined) ? undefined : (filters as Filter[])
}
