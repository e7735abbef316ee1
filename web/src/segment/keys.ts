import type { Node } from './tree'

const KEY = Symbol('key')
type Keyed = Node & { [KEY]?: number }
let last = 0

/** A number that stays with a part while it is edited and moved; copies of a node keep it. */
export function keyOf(node: Node): number {
  const keyed = node as Keyed
  if (keyed[KEY] === undefined) Object.defineProperty(keyed, KEY, { value: ++last, enumerable: true })
  return keyed[KEY] as number
}

/** What a part becomes, still the same part. */
export const keptKey = (from: Node, to: Node): Node => ({ ...to, [KEY]: keyOf(from) }) as Node
