/**
 * Conditions as rows: the few shapes that have controls of their own, read from the tree and written
 * back to it. Whatever has another shape is a row of text; nothing of it is lost.
 */
import type { Node } from './tree'

export type Comparator = '=' | '!=' | '>' | '>=' | '<' | '<='
export const COMPARATORS: readonly Comparator[] = ['>=', '<=', '=', '!=', '>', '<']
export const NUMERIC = ['sum', 'avg', 'min', 'max'] as const
export type Measure = 'did' | 'count' | (typeof NUMERIC)[number]

/** Something they did: how often or how much, which events, with what properties, when. */
export interface Deed {
  kind: 'deed'
  measure: Measure
  negated: boolean
  comparator: Comparator
  number: number
  property: string | undefined
  event: string
  filters: Filter[]
  window: Node | undefined
}

/** A property of an event, or a trait, beside a value. */
export interface Filter {
  name: string
  test: Test
  value: string | number | boolean
}
export type Test = Comparator | 'contains' | 'is set' | 'is not set'

export interface TraitIs {
  kind: 'trait'
  filter: Filter
}
export interface Belongs {
  kind: 'segment'
  name: string
  negated: boolean
}
export interface Consents {
  kind: 'consent'
  purpose: string
}
export type Row = Deed | TraitIs | Belongs | Consents | { kind: 'text' }

const only = (node: Node, keys: readonly string[]) => Object.keys(node).every((key) => key === 'form' || keys.includes(key))

export function rowOf(node: Node): Row {
  return deedOf(node) ?? traitOf(node) ?? belongsOf(node) ?? consentsOf(node) ?? { kind: 'text' }
}

function deedOf(node: Node): Deed | undefined {
  if (node.form === 'did') {
    const chosen = selectionOf(node.selection as Node)
    return chosen?.property === undefined && chosen !== undefined
      ? { kind: 'deed', measure: 'did', negated: node.negated === true, comparator: '>=', number: 1, ...chosen }
      : undefined
  }
  const left = node.left as Node | undefined
  const right = node.right as Node | undefined
  if (node.form !== 'compare' || left?.form !== 'aggregate' || right?.form !== 'number' || right.percent === true) return undefined
  const chosen = selectionOf(left.selection as Node)
  const measure = left.function as Measure
  if (chosen === undefined || !(measure === 'count' ? chosen.property === undefined : NUMERIC.includes(measure as never) && chosen.property !== undefined))
    return undefined
  return { kind: 'deed', measure, negated: false, comparator: node.comparator as Comparator, number: right.number as number, ...chosen }
}

function selectionOf(selection: Node): Pick<Deed, 'event' | 'property' | 'filters' | 'window'> | undefined {
  const events = selection.events as string[]
  if (events.length !== 1 || selection.time_part !== undefined) return undefined
  const filters = filtersOf(selection.where as Node | undefined)
  if (filters === undefined) return undefined
  return { event: events[0] as string, property: selection.property as string | undefined, filters, window: selection.window as Node | undefined }
}

function filtersOf(where: Node | undefined): Filter[] | undefined {
  if (where === undefined) return []
  const parts = where.form === 'and' ? (where.rules as Node[]) : [where]
  const filters = parts.map((part) => filterOf(part, 'property'))
  return filters.includes(undefined) ? undefined : (filters as Filter[])
}

function filterOf(node: Node, form: 'property' | 'trait'): Filter | undefined {
  const value = (node.form === 'compare' ? node.left : node.value) as Node | undefined
  if (value?.form !== form || !only(value, ['name'])) return undefined
  const name = value.name as string
  if (node.form === 'is_set') return { name, test: node.negated === true ? 'is not set' : 'is set', value: '' }
  if (node.form === 'text_match' && node.test === 'contains' && node.negated !== true) return { name, test: 'contains', value: node.text as string }
  const right = node.right as Node | undefined
  if (node.form !== 'compare' || right === undefined || right.percent === true) return undefined
  const literal = right.form === 'number' ? right.number : right.form === 'text' ? right.text : right.form === 'boolean' ? right.truth : undefined
  return literal === undefined ? undefined : { name, test: node.comparator as Comparator, value: literal as Filter['value'] }
}

function traitOf(node: Node): TraitIs | undefined {
  const filter = filterOf(node, 'trait')
  return filter === undefined ? undefined : { kind: 'trait', filter }
}

const belongsOf = (node: Node): Belongs | undefined =>
  node.form === 'in_segment' && node.at_least === undefined ? { kind: 'segment', name: node.name as string, negated: node.negated === true } : undefined

const consentsOf = (node: Node): Consents | undefined => (node.form === 'consents_to' ? { kind: 'consent', purpose: node.purpose as string } : undefined)

/** The tree of a row: what `rowOf` reads back as the same row. */
export function nodeOf(row: Exclude<Row, { kind: 'text' }>): Node {
  switch (row.kind) {
    case 'segment':
      return { form: 'in_segment', name: row.name, ...(row.negated ? { negated: true } : {}) }
    case 'consent':
      return { form: 'consents_to', purpose: row.purpose }
    case 'trait':
      return filterNode(row.filter, 'trait')
    case 'deed':
      return deedNode(row)
  }
}

function deedNode(row: Deed): Node {
  const where = row.filters.map((filter) => filterNode(filter, 'property'))
  const selection = {
    events: [row.event],
    ...(NUMERIC.includes(row.measure as never) ? { property: row.property ?? '' } : {}),
    ...(where.length === 1 ? { where: where[0] } : where.length > 1 ? { where: { form: 'and', rules: where } } : {}),
    ...(row.window === undefined ? {} : { window: row.window }),
  }
  if (row.measure === 'did') return { form: 'did', selection, ...(row.negated ? { negated: true } : {}) }
  return {
    form: 'compare',
    left: { form: 'aggregate', function: row.measure, selection },
    comparator: row.comparator,
    right: { form: 'number', number: row.number },
  }
}

function filterNode(filter: Filter, form: 'property' | 'trait'): Node {
  const value = { form, name: filter.name }
  if (filter.test === 'is set' || filter.test === 'is not set') return { form: 'is_set', value, ...(filter.test === 'is not set' ? { negated: true } : {}) }
  if (filter.test === 'contains') return { form: 'text_match', value, test: 'contains', text: String(filter.value) }
  return { form: 'compare', left: value, comparator: filter.test, right: literal(filter.value) }
}

const literal = (value: Filter['value']): Node =>
  typeof value === 'number' ? { form: 'number', number: value } : typeof value === 'boolean' ? { form: 'boolean', truth: value } : { form: 'text', text: value }

/** `30d` as a number and a unit. */
export function spanOf(text: string): { count: number; unit: string } {
  const found = /^(\d+)([a-z]+)$/.exec(text)
  return { count: Number(found?.[1] ?? 30), unit: found?.[2] ?? 'd' }
}
