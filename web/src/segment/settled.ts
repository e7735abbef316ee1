import { group, type GroupForm, isGroup, type Node } from './tree'

/**
 * The rule that a tree stands for while it is built, when groups may hold one condition or none: groups
 * of one are that one, empty ones say nothing, a group within its own kind is written as one. `places`
 * tells which part of the rule (a JSON Pointer, as the API names parts) each path of the tree became.
 */
export interface Settled {
  rule: Node
  places: ReadonlyMap<string, string>
}

const EVERYONE: Node = { form: 'everyone' }

export function settled(tree: Node): Settled {
  const found = settle(tree, '')
  return { rule: found?.rule ?? EVERYONE, places: new Map(found?.places ?? []) }
}

interface Part {
  rule: Node
  places: [path: string, pointer: string][]
}

const below = (path: string, step: string) => (path === '' ? step : `${path}.${step}`)
const under = (pointer: string, part: Part): Part['places'] => part.places.map(([path, place]) => [path, pointer + place])

function settle(node: Node, path: string): Part | null {
  if (node.form === 'not') {
    const inner = settle(node.rule as Node, below(path, 'rule'))
    return inner === null ? null : { rule: { form: 'not', rule: inner.rule }, places: [[path, ''], ...under('/rule', inner)] }
  }
  if (!isGroup(node)) return { rule: node, places: [[path, '']] }
  const said = node.rules.map((one, place) => settle(one, below(path, `rules[${place}]`))).filter((one) => one !== null)
  const [only] = said
  if (only === undefined) return null
  if (said.length === 1) return { rule: only.rule, places: [[path, ''], ...only.places] }
  return joined(node.form, said, path)
}

function joined(form: GroupForm, said: readonly Part[], path: string): Part {
  const rules: Node[] = []
  const places: Part['places'] = [[path, '']]
  for (const part of said) {
    const first = rules.length
    if (isGroup(part.rule) && part.rule.form === form) {
      rules.push(...part.rule.rules)
      // the inner group is no part any more; its conditions follow those before it
      for (const [at, pointer] of part.places) {
        const found = /^\/rules\/(\d+)(.*)$/s.exec(pointer)
        if (found !== null) places.push([at, `/rules/${first + Number(found[1])}${found[2]}`])
      }
    } else {
      rules.push(part.rule)
      places.push(...under(`/rules/${first}`, part))
    }
  }
  return { rule: group(form, rules), places }
}
