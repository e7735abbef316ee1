import { describe, expect, it } from 'vitest'
import { added, at, conditions, except, group, moved, nested, type Node, opened, pathOf, removed, renamed, replaced, steps, unnested } from './tree'

const leaf = (name: string): Node => ({ form: 'in_segment', name })
const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map(leaf) as [Node, Node, Node, Node, Node]
const tree = group('and', [a, group('or', [b, c]), except([d, e])])
const names = (node: Node) => conditions(node).map((one) => one.name)

describe('paths', () => {
  it('are those of the answers of the API', () => {
    expect(steps('rules[1].rules[0]')).toEqual([1, 0])
    expect(pathOf([2, 'rule', 1])).toBe('rules[2].rule.rules[1]')
    expect(at(tree, 'rules[2].rule.rules[1]')).toBe(e)
    expect(at(tree, '')).toBe(tree)
  })
})

describe('removing a condition', () => {
  const paths = ['rules[0]', 'rules[1].rules[0]', 'rules[1].rules[1]', 'rules[2].rule.rules[0]', 'rules[2].rule.rules[1]']
  it.each(paths)('at %s disturbs no other', (path) => {
    const gone = at(tree, path)
    const after = removed(tree, path)
    expect(conditions(after)).toEqual(conditions(tree).filter((one) => one !== gone))
    for (const one of conditions(after)) expect(conditions(tree)).toContain(one) // the very same objects
  })
  it('takes away a group or an exception that is left empty', () => {
    const smaller = removed(removed(tree, 'rules[1].rules[0]'), 'rules[1].rules[0]')
    expect(smaller).toEqual(group('and', [a, except([d, e])]))
    expect(removed(removed(smaller, 'rules[1].rule.rules[0]'), 'rules[1].rule.rules[0]')).toEqual(group('and', [a]))
  })
  it('in any order ends with an empty tree', () => {
    for (let seed = 1; seed < 60; seed++) {
      let now = tree
      for (let random = seed; conditions(now).length > 0; random = (random * 48271) % 2147483647) {
        const before = conditions(now)
        const gone = before[random % before.length] as Node
        now = removed(now, find(now, gone) ?? '')
        expect(conditions(now)).toEqual(before.filter((one) => one !== gone))
      }
      expect(now.rules).toEqual([])
    }
  })
})

function find(node: Node, wanted: Node, path = ''): string | undefined {
  if (node === wanted) return path
  const below: [string, Node][] = Array.isArray(node.rules)
    ? (node.rules as Node[]).map((one, place) => [`rules[${place}]`, one])
    : node.rule === undefined ? [] : [['rule', node.rule as Node]]
  for (const [step, one] of below) {
    const found = find(one, wanted, path === '' ? step : `${path}.${step}`)
    if (found !== undefined) return found
  }
  return undefined
}

describe('other changes', () => {
  it('replace one part and keep the others', () => {
    expect(names(replaced(tree, 'rules[1].rules[0]', leaf('x')))).toEqual(['a', 'x', 'c', 'd', 'e'])
  })
  it('add at the end of a group, or after a place', () => {
    expect(names(added(tree, 'rules[1]', leaf('x')))).toEqual(['a', 'b', 'c', 'x', 'd', 'e'])
    expect(names(added(tree, 'rules[1]', leaf('x'), 0))).toEqual(['a', 'b', 'x', 'c', 'd', 'e'])
  })
  it('move within a group, and stop at its ends', () => {
    expect(names(moved(tree, 'rules[1].rules[0]', 1))).toEqual(['a', 'c', 'b', 'd', 'e'])
    expect(moved(tree, 'rules[0]', -1)).toEqual(tree)
  })
  it('nest a part in a group that is joined the other way', () => {
    expect(nested(tree, 'rules[0]').rules[0]).toEqual(group('or', [a]))
    expect(nested(tree, 'rules[1].rules[0]')).toEqual(group('and', [a, group('or', [group('and', [b]), c]), except([d, e])]))
  })
})

describe('a rule that is opened', () => {
  it('has a group at its top', () => {
    expect(opened(a)).toEqual(group('and', [a]))
    expect(opened({ form: 'everyone' })).toEqual(group('and', []))
    expect(opened(group('or', [a, b]))).toEqual(group('or', [a, b]))
  })
  it('has its negations as exceptions', () => {
    expect(opened(group('and', [a, { form: 'not', rule: b }])).rules[1]).toEqual(except([b]))
  })
})

describe('out of a group', () => {
  it('a part stands behind the group it was in, and an emptied group goes', () => {
    const out = unnested(tree, 'rules[1].rules[0]')
    expect(names(out)).toEqual(['a', 'c', 'b', 'd', 'e'])
    expect(unnested(group('and', [group('or', [a]), b]), 'rules[0].rules[0]')).toEqual(group('and', [a, b]))
  })
  it('out of an exception it must hold', () => {
    expect(unnested(tree, 'rules[2].rule.rules[1]')).toEqual(group('and', [a, group('or', [b, c]), except([d]), e]))
  })
  it('at the top there is nowhere to go', () => expect(unnested(tree, 'rules[0]')).toBe(tree))
  it('nesting and taking out again gives the same conditions', () => {
    expect(unnested(nested(tree, 'rules[0]'), 'rules[0].rules[0]')).toEqual(tree)
  })
})

it('a name is another wherever it is one, and texts are not touched', () => {
  const rule = group('and', [
    { form: 'did', selection: { events: ['x', 'y'], property: 'x' } },
    { form: 'compare', left: { form: 'trait', name: 'x' }, comparator: '=', right: { form: 'text', text: 'x' } },
  ])
  expect(renamed(rule, 'x', 'z')).toEqual(
    group('and', [
      { form: 'did', selection: { events: ['z', 'y'], property: 'z' } },
      { form: 'compare', left: { form: 'trait', name: 'z' }, comparator: '=', right: { form: 'text', text: 'x' } },
    ]),
  )
})
