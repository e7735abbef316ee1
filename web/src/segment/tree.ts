/**
 * The tree of a rule, as the language's own JSON form has it, and what a builder does to it.
 *
 * Nothing here says what a rule means: only where its parts stand. Paths are those of the API's
 * answers: `rules[1].rule`. Every change gives a new tree and leaves all other parts as they are.
 */
export type Node = { form: string; [key: string]: unknown }
export type GroupForm = 'and' | 'or'
export interface Group extends Node {
  form: GroupForm
  rules: Node[]
}

export const isGroup = (node: Node): node is Group => (node.form === 'and' || node.form === 'or') && Array.isArray(node.rules)

/** "Except those who …": a negated group beside what must hold. */
export const isExcept = (node: Node): node is Node & { rule: Group } => node.form === 'not' && isGroup(node.rule as Node)

export const group = (form: GroupForm, rules: Node[]): Group => ({ form, rules })
export const except = (rules: Node[] = []): Node => ({ form: 'not', rule: group('or', rules) })

/** A tree with a group at its top and `except` blocks as groups, whatever rule one begins with. */
export function opened(rule: Node): Group {
  const top = isGroup(rule) ? rule : rule.form === 'everyone' ? group('and', []) : group('and', [rule])
  return { ...top, rules: top.rules.map((one) => (one.form === 'not' && !isExcept(one) ? { form: 'not', rule: group('or', [one.rule as Node]) } : one)) }
}

/** The steps of a path: `rules[1].rule` is 1, then into the negation. */
export type Step = number | 'rule'

export function steps(path: string): Step[] {
  return path === '' ? [] : path.split('.').map((step) => (step === 'rule' ? 'rule' : Number(step.slice(6, -1))))
}

export function pathOf(taken: readonly Step[]): string {
  return taken.map((step) => (step === 'rule' ? 'rule' : `rules[${step}]`)).join('.')
}

const child = (node: Node, step: Step): Node => (step === 'rule' ? (node.rule as Node) : (node as Group).rules[step]) as Node

export function at(root: Node, path: string): Node | undefined {
  return steps(path).reduce<Node | undefined>((node, step) => (node === undefined ? undefined : child(node, step)), root)
}

/** The tree with another part in one place. */
export function replaced<T extends Node>(root: T, path: string, next: Node): T {
  return change(root, steps(path), () => next) as T
}

/** The tree with a part more, at the end of a group or after a place in it. */
export function added<T extends Node>(root: T, groupPath: string, part: Node, after?: number): T {
  return change(root, steps(groupPath), (found) => {
    const rules = [...(found as Group).rules]
    rules.splice(after === undefined ? rules.length : after + 1, 0, part)
    return { ...found, rules }
  }) as T
}

/** The tree without a part; an `except` goes with its last condition. */
export function removed<T extends Node>(root: T, path: string): T {
  const taken = steps(path)
  const last = taken.at(-1)
  if (last === undefined) return root
  const above = taken.slice(0, -1)
  const next = change(root, above, (found) =>
    last === 'rule' ? { form: 'and', rules: [] } : { ...found, rules: (found as Group).rules.filter((_, place) => place !== last) },
  )
  const left = at(next, pathOf(above))
  const isEmpty = left !== undefined && isGroup(left) && left.rules.length === 0
  const owner = above.at(-1)
  if (isEmpty && owner === 'rule') return removed(next, pathOf(above.slice(0, -1))) as T
  return (isEmpty && above.length > 0 ? removed(next, pathOf(above)) : next) as T
}

/** The tree with a part one place earlier or later among its own. */
export function moved<T extends Node>(root: T, path: string, by: -1 | 1): T {
  const taken = steps(path)
  const place = taken.at(-1)
  if (typeof place !== 'number') return root
  return change(root, taken.slice(0, -1), (found) => {
    const rules = [...(found as Group).rules]
    const to = place + by
    const [one, other] = [rules[place], rules[to]]
    if (one === undefined || other === undefined) return found
    rules[place] = other
    rules[to] = one
    return { ...found, rules }
  }) as T
}

/** The tree with a part in a group of its own, joined the other way. */
export function nested<T extends Node>(root: T, path: string): T {
  const taken = steps(path)
  const owner = at(root, pathOf(taken.slice(0, -1)))
  const part = at(root, path)
  if (taken.length === 0 || part === undefined || owner === undefined || !isGroup(owner)) return root
  return replaced(root, path, group(owner.form === 'and' ? 'or' : 'and', [part]))
}

function change(node: Node, taken: readonly Step[], edit: (found: Node) => Node): Node {
  const [step, ...rest] = taken
  if (step === undefined) return edit(node)
  if (step === 'rule') return { ...node, rule: change(node.rule as Node, rest, edit) }
  const rules = (node as Group).rules.map((one, place) => (place === step ? change(one, rest, edit) : one))
  return { ...node, rules }
}

/** Every condition of the tree: what is neither a group nor an `except`. */
export function conditions(node: Node): Node[] {
  if (isGroup(node)) return node.rules.flatMap(conditions)
  return isExcept(node) ? conditions(node.rule) : [node]
}

/** The tree with a part out of its group, behind it; out of an exception it holds without it. */
export function unnested<T extends Node>(root: T, path: string): T {
  const taken = steps(path)
  const part = at(root, path)
  if (taken.length < 2 || part === undefined) return root
  const owner = taken.slice(0, -1)
  const inParent = owner.at(-1) === 'rule' ? owner.slice(0, -1) : owner
  const place = inParent.at(-1)
  if (typeof place !== 'number') return root
  // behind its group first: taking it out may take the group away
  const beside = added(root, pathOf(inParent.slice(0, -1)), part, place)
  return removed(beside, path)
}

/** The tree with another name wherever one is written, whatever it names. */
export function renamed<T>(node: T, from: string, to: string): T {
  if (Array.isArray(node)) return node.map((one) => (one === from ? to : renamed(one, from, to))) as T
  if (typeof node !== 'object' || node === null) return node
  const said = Object.entries(node).map(([key, value]) => [key, NAMED.has(key) && value === from ? to : renamed(value, from, to)])
  return Object.fromEntries(said) as T
}
const NAMED = new Set(['name', 'property', 'purpose', 'by'])
