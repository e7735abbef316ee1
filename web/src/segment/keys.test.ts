import { expect, it } from 'vitest'
import { keptKey, keyOf } from './keys'
import { group, moved, type Node, removed, replaced } from './tree'

const leaf = (name: string): Node => ({ form: 'in_segment', name })

it('stays with a part through changes of others, of itself, and of its place', () => {
  const tree = group('and', [leaf('a'), leaf('b'), group('or', [leaf('c')])])
  const keys = tree.rules.map(keyOf)
  expect(new Set(keys).size).toBe(3)
  expect(removed(tree, 'rules[0]').rules.map(keyOf)).toEqual(keys.slice(1))
  expect(moved(tree, 'rules[0]', 1).rules.map(keyOf)).toEqual([keys[1], keys[0], keys[2]])
  const inner = replaced(tree, 'rules[2].rules[0]', leaf('x'))
  expect(inner.rules.map(keyOf)).toEqual(keys)
  const edited = replaced(tree, 'rules[1]', keptKey(tree.rules[1] as Node, leaf('z')))
  expect(edited.rules.map(keyOf)).toEqual(keys)
  expect(JSON.stringify(edited)).toContain('"name":"z"')
})
