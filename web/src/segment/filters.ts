/** A property of an event, or a trait, beside a value: read from the tree and written back to it. */
import type { Node } from './tree'

export type Comparator = '=' | '!=' | '>' | '>=' | '<' | '<='
export const COMPARATORS: readonly Comparator[] = ['>=', '<=', '=', '!=', '>', '<']
const TEXTS = ['contains', 'starts with', 'ends with'] as const
type TextTest = (typeof TEXTS)[number]

export type Test =
  | Comparator
  | TextTest
  | `not ${TextTest}`
  | 'is set'
  | 'is not set'
  | 'in'
  | 'not in'
  | 'between'
  | 'not between'
  | 'holds'
  | 'longer ago'
  | 'less long ago'
  | 'comes round'

/** A number that is written in percent: 60 for `60%`. */
export interface Percent {
  percent: number
}
export type Literal = string | number | boolean | { at: string } | Percent
/** One value, several, or a span of time: whichever the test takes. */
export type Value = Literal | Literal[] | { span: string }

export interface Filter {
  name: string
  test: Test
  value: Value
  /** People without the value are taken in, too: `… or country is not set`. */
  orUnset?: boolean
}

export type Of = 'property' | 'trait'

const only = (node: Node, keys: readonly string[]) => Object.keys(node).every((key) => key === 'form' || keys.includes(key))
const named = (node: Node | undefined, of: Of): string | undefined =>
  node?.form === of && only(node, ['name']) ? (node.name as string) : undefined

/** What leaves people without the value out, though they are no less what is asked for. */
const DENIES: readonly Test[] = ['!=', '<', '<=', 'not in', 'not between', 'not contains', 'not starts with', 'not ends with']
export const leavesOutUnset = (test: Test) => DENIES.includes(test)

export function filterOf(node: Node, of: Of): Filter | undefined {
  const beside = orUnset(node, of)
  if (beside !== undefined) return beside
  return (
    textMatch(node, of) ?? isSet(node, of) ?? inList(node, of) ?? between(node, of) ?? age(node, of) ?? truth(node, of) ?? compared(node, of)
  )
}

function orUnset(node: Node, of: Of): Filter | undefined {
  const rules = node.form === 'or' ? (node.rules as Node[]) : []
  const [one, other] = [rules[0], rules[1]]
  if (rules.length !== 2 || one === undefined || other === undefined || one.form === 'or') return undefined
  const filter = filterOf(one, of)
  const unset = isSet(other, of)
  const fits = filter !== undefined && leavesOutUnset(filter.test) && unset?.test === 'is not set' && unset.name === filter.name
  return fits ? { ...filter, orUnset: true } : undefined
}

function textMatch(node: Node, of: Of): Filter | undefined {
  const name = named(node.value as Node, of)
  if (node.form !== 'text_match' || name === undefined) return undefined
  const test = node.test as TextTest
  return { name, test: node.negated === true ? `not ${test}` : test, value: node.text as string }
}

function isSet(node: Node, of: Of): Filter | undefined {
  const name = named(node.value as Node, of)
  if (node.form !== 'is_set' || name === undefined) return undefined
  return { name, test: node.negated === true ? 'is not set' : 'is set', value: '' }
}

function inList(node: Node, of: Of): Filter | undefined {
  const name = named(node.value as Node, of)
  if (node.form !== 'in_list' || name === undefined) return undefined
  const values = (node.literals as Node[]).map(literalOf)
  return values.includes(undefined) ? undefined : { name, test: node.negated === true ? 'not in' : 'in', value: values as Literal[] }
}

function between(node: Node, of: Of): Filter | undefined {
  const name = named(node.value as Node, of)
  if (node.form !== 'between' || name === undefined) return undefined
  const values = [literalOf(node.low as Node), literalOf(node.high as Node)]
  if (values.includes(undefined)) return undefined
  return { name, test: node.negated === true ? 'not between' : 'between', value: values as Literal[] }
}

/** `age(x) > 30d`, `age(x) <= 30d`, `until(next_anniversary(x)) <= 14d`. */
function age(node: Node, of: Of): Filter | undefined {
  const left = node.left as Node | undefined
  const right = node.right as Node | undefined
  if (node.form !== 'compare' || right?.form !== 'span') return undefined
  const value = { span: right.span as string }
  const inner = left?.value as Node | undefined
  if (left?.form === 'age') {
    const name = named(inner, of)
    const test = node.comparator === '>' ? 'longer ago' : node.comparator === '<=' ? 'less long ago' : undefined
    return name === undefined || test === undefined ? undefined : { name, test, value }
  }
  if (left?.form !== 'until' || inner?.form !== 'anniversary' || inner.function !== 'next_anniversary' || node.comparator !== '<=') return undefined
  const name = named(inner.value as Node, of)
  return name === undefined ? undefined : { name, test: 'comes round', value }
}

function truth(node: Node, of: Of): Filter | undefined {
  const name = named(node.value as Node, of)
  return node.form === 'trait_truth' && name !== undefined ? { name, test: 'holds', value: '' } : undefined
}

function compared(node: Node, of: Of): Filter | undefined {
  const name = named(node.left as Node, of)
  const right = node.right as Node | undefined
  const value = right === undefined ? undefined : literalOf(right)
  return node.form !== 'compare' || name === undefined || value === undefined ? undefined : { name, test: node.comparator as Comparator, value }
}

function literalOf(node: Node): Literal | undefined {
  if (node.form === 'number') return node.percent === true ? percentOf(node.number as number) : (node.number as number)
  if (node.form === 'text') return node.text as string
  if (node.form === 'boolean') return node.truth as boolean
  return node.form === 'instant' ? { at: node.text as string } : undefined
}

/** Undefined where it has more decimals than a field would keep. */
function percentOf(share: number): Percent | undefined {
  const percent = Math.round(share * 1e6) / 1e4
  return shareOf(percent) === share ? { percent } : undefined
}
const shareOf = (percent: number) => Math.round(percent * 1e4) / 1e6

export const isPercent = (value: Value): value is Percent => typeof value === 'object' && 'percent' in value

function literalNode(value: Literal): Node {
  if (typeof value === 'number') return { form: 'number', number: value }
  if (isPercent(value)) return { form: 'number', number: shareOf(value.percent), percent: true }
  if (typeof value === 'boolean') return { form: 'boolean', truth: value }
  return typeof value === 'object' ? { form: 'instant', text: value.at } : { form: 'text', text: value }
}

const isSpan = (value: Value): value is { span: string } => typeof value === 'object' && 'span' in value
const several = (value: Value): Literal[] => (Array.isArray(value) ? value : [])
const single = (value: Value): Literal => (Array.isArray(value) ? (value[0] ?? '') : isSpan(value) ? '' : value)

/** The tree of a filter: what `filterOf` reads back as the same. */
export function filterNode(filter: Filter, of: Of): Node {
  const node = plainNode(filter, of)
  if (filter.orUnset !== true || !leavesOutUnset(filter.test)) return node
  return { form: 'or', rules: [node, { form: 'is_set', value: { form: of, name: filter.name }, negated: true }] }
}

function plainNode(filter: Filter, of: Of): Node {
  const value = { form: of, name: filter.name }
  const { test } = filter
  const negated = test.startsWith('not ') ? { negated: true } : {}
  switch (test) {
    case 'is set':
      return { form: 'is_set', value }
    case 'is not set':
      return { form: 'is_set', value, negated: true }
    case 'holds':
      return { form: 'trait_truth', value }
    case 'in':
    case 'not in':
      return { form: 'in_list', value, literals: several(filter.value).map(literalNode), ...negated }
    case 'between':
    case 'not between': {
      const [low = 0, high = 0] = several(filter.value)
      return { form: 'between', value, low: literalNode(low), high: literalNode(high), ...negated }
    }
    case 'longer ago':
    case 'less long ago':
      return { form: 'compare', left: { form: 'age', value }, comparator: test === 'longer ago' ? '>' : '<=', right: spanNode(filter.value) }
    case 'comes round': {
      const day = { form: 'anniversary', function: 'next_anniversary', value }
      return { form: 'compare', left: { form: 'until', value: day }, comparator: '<=', right: spanNode(filter.value) }
    }
  }
  const text = TEXTS.find((one) => test === one || test === `not ${one}`)
  if (text !== undefined) return { form: 'text_match', value, test: text, text: String(single(filter.value)), ...negated }
  return { form: 'compare', left: value, comparator: test, right: literalNode(single(filter.value)) }
}

const spanNode = (value: Value): Node => ({ form: 'span', span: isSpan(value) ? value.span : '30d' })

/** Which kind of value a test takes. */
export type Takes = 'nothing' | 'one' | 'several' | 'two' | 'span'

export function taken(test: Test): Takes {
  if (test === 'is set' || test === 'is not set' || test === 'holds') return 'nothing'
  if (test === 'in' || test === 'not in') return 'several'
  if (test === 'between' || test === 'not between') return 'two'
  return test === 'longer ago' || test === 'less long ago' || test === 'comes round' ? 'span' : 'one'
}

/** The tests that a kind of value knows. */
export function testsFor(type: string, of: Of): readonly Test[] {
  const known = ['is set', 'is not set'] as const
  switch (type) {
    case 'chance':
      return ['>=', '<', '>', '<=', 'between', ...known]
    case 'number':
      return [...COMPARATORS, 'between', 'not between', 'in', 'not in', ...known]
    case 'boolean':
      return of === 'trait' ? ['holds', '=', '!=', ...known] : ['=', '!=', ...known]
    case 'instant':
      return of === 'trait' ? ['longer ago', 'less long ago', 'comes round', '>=', '<', 'between', ...known] : ['>=', '<', 'between', ...known]
    case 'span':
    case 'list':
      return known
    default:
      return ['=', '!=', 'in', 'not in', 'contains', 'not contains', 'starts with', 'ends with', ...known]
  }
}

/** A value that a test of a kind can begin with, as much as fits of the one before. */
export function begun(test: Test, type: string, before: Value): Value {
  const zero: Literal = type === 'chance' ? { percent: 60 } : type === 'number' ? 1 : type === 'boolean' ? true : type === 'instant' ? { at: '2026-01-01' } : ''
  const fits = (one: Literal) => typeof one === typeof zero && isPercent(one) === isPercent(zero)
  const kept = (Array.isArray(before) ? before : isSpan(before) ? [] : [before]).filter(fits)
  switch (taken(test)) {
    case 'nothing':
      return ''
    case 'one':
      return kept[0] ?? zero
    case 'several':
      return kept.filter((one) => one !== '')
    case 'two':
      return [kept[0] ?? zero, kept[1] ?? kept[0] ?? zero]
    case 'span':
      return isSpan(before) ? before : { span: '30d' }
  }
}

/** `30d` as a number and a unit. */
export function spanOf(text: string): { count: number; unit: string } {
  const found = /^(\d+)([a-z]+)$/.exec(text)
  return { count: Number(found?.[1] ?? 30), unit: found?.[2] ?? 'd' }
}
