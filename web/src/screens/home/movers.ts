/** A segment that has another size than it had. */
export interface Mover {
  name: string
  title: string
  then: number
  now: number
  change: number
  course: readonly number[]
}

/** Steps back that a change is told over: weeks. */
export const WEEKS = 4

/**
 * The segments that moved most, beside what chance alone moves groups of their size by: a hundred
 * more says much of two hundred, and little of twenty thousand. Of those that went wholly alike,
 * under two names, the first tells it.
 */
export function movers(
  rows: readonly { name: string; title: string | null; size: number }[],
  sizes: Readonly<Record<string, readonly number[]>>,
): Mover[] {
  return rows
    .flatMap((row) => {
      const course = sizes[row.name] ?? []
      const then = course.at(-1 - WEEKS)
      if (then === undefined || then === row.size) return []
      return [{ name: row.name, title: row.title ?? row.name, then, now: row.size, change: row.size - then, course }]
    })
    .filter((one, place, all) => all.findIndex((other) => other.course.join() === one.course.join()) === place)
    .sort((one, other) => weight(other) - weight(one) || one.name.localeCompare(other.name))
}

const weight = (one: Mover) => Math.abs(one.change) / Math.sqrt(one.then + one.now)
