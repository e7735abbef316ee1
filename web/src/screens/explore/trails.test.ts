import { describe, expect, it } from 'vitest'
import { around, barOf, drawnTrails, idOf } from './trails'

const found = {
  direction: 'after',
  levels: [
    { step: 0, nodes: [{ name: 'view', count: 10 }] },
    { step: 1, nodes: [{ name: 'add', count: 7 }, { name: '(nothing more)', count: 3 }] },
    { step: 2, nodes: [{ name: 'view', count: 4 }, { name: '(nothing more)', count: 6 }] },
  ],
  links: [
    { step: 0, from: 'view', to: 'add', count: 7 },
    { step: 0, from: 'view', to: '(nothing more)', count: 3 },
    { step: 1, from: 'add', to: 'view', count: 4 },
    { step: 1, from: 'add', to: '(nothing more)', count: 3 },
    { step: 1, from: '(nothing more)', to: '(nothing more)', count: 3 },
  ],
}

describe('trails', () => {
  it('stand in columns, an event in one colour wherever it is', () => {
    const { places, passages } = drawnTrails(found, (name) => name.toUpperCase())
    expect(places.map((place) => place.column)).toEqual([0, 1, 1, 2, 2])
    expect(places[0]?.title).toBe('VIEW')
    expect(places[0]?.colour).toBe(places[3]?.colour)
    expect(places[2]?.colour).toBe(places[4]?.colour)
    expect(passages[2]).toEqual({ from: '1 add', to: '2 view', count: 4 })
  })
  it('of what came before end at the start', () => {
    const { places, passages } = drawnTrails({ ...found, direction: 'before' }, (name) => name)
    expect(places.map((place) => place.column)).toEqual([2, 1, 1, 0, 0])
    expect(passages[0]).toEqual({ from: '1 add', to: '0 view', count: 7 })
  })
  it('keep every sum: what comes to a bar is what it holds', () => {
    for (const { step, nodes } of found.levels.slice(1))
      for (const { name, count } of nodes) {
        const total = around(found, step, name).nearer.reduce((sum, bar) => sum + bar.count, 0)
        expect(total).toBe(count)
      }
    expect(around(found, 1, 'add').further.map((bar) => bar.name)).toEqual(['view', '(nothing more)'])
  })
  it('name their bars so that names may hold spaces', () => {
    expect(barOf(idOf(2, 'page viewed: / a'))).toEqual({ step: 2, name: 'page viewed: / a' })
  })
})
