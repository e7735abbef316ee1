import { describe, expect, it } from 'vitest'
import { movers } from './movers'

const row = (name: string, size: number) => ({ name, title: null, size })

describe('segments that moved', () => {
  it('are ordered by what is unusual for their size', () => {
    const found = movers([row('large', 20_100), row('small', 300)], {
      large: [0, 20_000, 20_000, 20_050, 20_080, 20_100],
      small: [0, 200, 210, 250, 280, 300],
    })
    expect(found.map((one) => one.name)).toEqual(['small', 'large'])
    expect(found[0]).toMatchObject({ then: 200, now: 300, change: 100 })
  })
  it('are none of those that stayed, or whose past nobody knows', () => {
    expect(movers([row('same', 5), row('young', 7)], { same: [5, 9, 9, 9, 5], young: [7] })).toEqual([])
  })
  it('are told once where two names go wholly alike', () => {
    const course = [1, 2, 3, 4, 9]
    expect(movers([row('one', 9), row('two', 9)], { one: course, two: course }).map((it) => it.name)).toEqual(['one'])
  })
  it('may have come from nobody', () => {
    expect(movers([row('new', 3)], { new: [0, 0, 1, 2, 3] })[0]?.change).toBe(3)
  })
})
