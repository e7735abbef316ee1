import type { Passage, Place } from '@/charts/Sankey'

/** Places that a drawing shows; the smallest beyond them stand together. */
const MOST = 8
const OTHER = 'other'

export interface Drawn {
  places: Place[]
  passages: Passage[]
  /** People who are somewhere else than they were. */
  moved: number
  people: number
}

/**
 * A matrix of moves as two columns of places and what passes between them. Of more than eight
 * places the smallest become one: every sum stays what it was.
 */
export function drawn(places: readonly string[], matrix: readonly (readonly number[])[], title: (place: string) => string): Drawn {
  const size = (place: number) => sum(matrix[place] ?? []) + sum(matrix.map((row) => row[place] ?? 0))
  const alive = places.map((_, place) => place).filter((place) => size(place) > 0)
  const large = new Set([...alive].sort((one, other) => size(other) - size(one)).slice(0, alive.length > MOST ? MOST - 1 : MOST))
  const name = (place: number) => (large.has(place) ? (places[place] ?? OTHER) : OTHER)
  const shown = [...new Set(alive.map(name))].sort((one, other) => Number(one === OTHER) - Number(other === OTHER))
  const counts = new Map<string, Passage>()
  let moved = 0
  for (const from of alive)
    for (const to of alive) {
      const count = matrix[from]?.[to] ?? 0
      if (count === 0) continue
      if (from !== to) moved += count
      const [before, after] = [`0 ${name(from)}`, `1 ${name(to)}`]
      const known = counts.get(`${before}\n${after}`)
      if (known === undefined) counts.set(`${before}\n${after}`, { from: before, to: after, count })
      else known.count += count
    }
  const passages = [...counts.values()]
  const used = new Set(passages.flatMap((one) => [one.from, one.to]))
  return {
    places: [0, 1]
      .flatMap((column) => shown.map((place, colour) => ({ id: `${column} ${place}`, title: title(place), column, colour })))
      .filter((place) => used.has(place.id)),
    passages,
    moved,
    people: sum(matrix.flat()),
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0)
