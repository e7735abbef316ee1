import type { Passage, Place } from '@/charts/Sankey'

export const ELSE = '(everyone else)'
export const END = '(nothing more)'
/** The colour that means no event in particular. */
const GREY = 7

interface Found {
  direction: string
  levels: readonly { step: number; nodes: readonly { name: string; count: number }[] }[]
  links: readonly { step: number; from: string; to: string; count: number }[]
}

/** A bar of the drawing: an event as a step. */
export interface Bar {
  step: number
  name: string
  count: number
}

export const idOf = (step: number, name: string) => `${step} ${name}`
export function barOf(id: string): { step: number; name: string } {
  const gap = id.indexOf(' ')
  return { step: Number(id.slice(0, gap)), name: id.slice(gap + 1) }
}

/**
 * Levels and links as columns and bands; an event has one colour in every column. What came before
 * is drawn to the left of the start, so that time always goes to the right.
 */
export function drawnTrails(found: Found, title: (name: string) => string): { places: Place[]; passages: Passage[] } {
  const isBack = found.direction === 'before'
  const last = Math.max(0, ...found.levels.map((level) => level.step))
  const colours = new Map<string, number>()
  const colour = (name: string) => {
    if (name === ELSE || name === END) return GREY
    if (!colours.has(name)) colours.set(name, colours.size % GREY)
    return colours.get(name) as number
  }
  const places = found.levels.flatMap(({ step, nodes }) =>
    nodes.map(({ name }) => ({ id: idOf(step, name), title: title(name), column: isBack ? last - step : step, colour: colour(name) })),
  )
  const passages = found.links.map(({ step, from, to, count }) => {
    const [near, far] = [idOf(step, from), idOf(step + 1, to)]
    return isBack ? { from: far, to: near, count } : { from: near, to: far, count }
  })
  return { places, passages }
}

/** What leads to a bar and what follows it, the most first; nearer and further from the start. */
export function around(found: Found, step: number, name: string): { nearer: Bar[]; further: Bar[] } {
  const most = (bars: Bar[]) => bars.sort((one, other) => other.count - one.count)
  return {
    nearer: most(found.links.filter((link) => link.step === step - 1 && link.to === name).map((link) => ({ step: step - 1, name: link.from, count: link.count }))),
    further: most(found.links.filter((link) => link.step === step && link.from === name).map((link) => ({ step: step + 1, name: link.to, count: link.count }))),
  }
}
