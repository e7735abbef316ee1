import { describe, expect, it } from 'vitest'
import { drawn } from './passages'

const same = (place: string) => place

describe('moves between places', () => {
  it('are passages from a column to the next, and those who stayed have not moved', () => {
    const found = drawn(['a', 'b', 'none'], [[5, 2, 0], [1, 7, 0], [0, 0, 0]], same)
    expect(found).toMatchObject({ moved: 3, people: 15 })
    expect(found.passages).toContainEqual({ from: '0 a', to: '1 b', count: 2 })
    expect(found.places.map((place) => place.id)).toEqual(['0 a', '0 b', '1 a', '1 b'])
  })
  it('keep every sum where the smallest of many places stand together', () => {
    const names = Array.from({ length: 12 }, (_, place) => `p${place}`)
    const matrix = names.map((_, from) => names.map((_, to) => (from + 1) * (to + 2)))
    const found = drawn(names, matrix, same)
    expect(found.places.filter((place) => place.column === 0)).toHaveLength(8)
    expect(found.passages.reduce((all, one) => all + one.count, 0)).toBe(found.people)
    expect(found.places.at(-1)?.id).toBe('1 other')
  })
  it('are none of nobody', () => {
    expect(drawn(['a'], [[0]], same)).toEqual({ places: [], passages: [], moved: 0, people: 0 })
  })
})
