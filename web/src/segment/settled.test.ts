import { describe, expect, it } from 'vitest'
import { settled } from './settled'
import { except, type Group, group, isGroup, at, type Node } from './tree'

const leaf = (name: string): Node => ({ form: 'in_segment', name })
const [a, b, c] = ['a', 'b', 'c'].map(leaf) as [Node, Node, Node]

describe('a tree that is being built', () => {
  it.each<[string, Node, Node]>([
    ['nothing yet', group('and', []), { form: 'everyone' }],
    ['one condition', group('and', [a]), a],
    ['a group of one within a group', group('and', [a, group('or', [b])]), group('and', [a, b])],
    ['an empty group', group('and', [a, group('or', []), b]), group('and', [a, b])],
    ['a group within its own kind', group('and', [a, group('and', [b, c])]), group('and', [a, b, c])],
    ['an exception of one', group('and', [a, except([b])]), group('and', [a, { form: 'not', rule: b }])],
    ['an empty exception', group('and', [a, except([])]), a],
  ])('%s', (_, tree, rule) => expect(settled(tree).rule).toEqual(rule))
})

/** What a JSON Pointer leads to. */
const pointed = (rule: Node, pointer: string): Node =>
  pointer.split('/').slice(1).reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], rule) as Node

function random(seed: number): () => number {
  let now = seed
  return () => (now = (now * 48271) % 2147483647) / 2147483647
}

function grown(next: () => number, depth: number): Node {
  if (depth === 0 || next() < 0.4) return leaf(String(Math.floor(next() * 1e6)))
  if (next() < 0.2) return { form: 'not', rule: grown(next, depth - 1) }
  const rules = Array.from({ length: Math.floor(next() * 4) }, () => grown(next, depth - 1))
  return group(next() < 0.5 ? 'and' : 'or', rules)
}

it('keeps every condition, and knows where each went', () => {
  for (let seed = 1; seed <= 400; seed++) {
    const tree = group('and', [grown(random(seed), 4), grown(random(seed + 1000), 3)])
    const { rule, places } = settled(tree)
    let leaves = 0
    for (const [path, pointer] of places) {
      const node = at(tree, path) as Node
      const became = pointed(rule, pointer)
      expect(became).toBeDefined()
      if (!isGroup(node) && node.form !== 'not') {
        expect(became).toBe(node)
        leaves += 1
      }
    }
    const all = leavesOf(tree)
    expect(leaves).toBe(all)
    for (const one of groupsOf(rule)) expect(one.rules.length).toBeGreaterThan(1)
  }
})

function leavesOf(node: Node): number {
  if (isGroup(node)) return node.rules.reduce((sum, one) => sum + leavesOf(one), 0)
  return node.form === 'not' ? leavesOf(node.rule as Node) : 1
}

function groupsOf(node: Node): Group[] {
  if (isGroup(node)) return [node, ...node.rules.flatMap(groupsOf)]
  return node.form === 'not' ? groupsOf(node.rule as Node) : []
}
