import { expect, it } from 'vitest'
import { CARD, type CardSaid, lines, resultCard } from './card'

const said: CardSaid = {
  title: 'Spring <is> "here" & more',
  verdict: 'It very likely helped',
  sentences: ['+12 points in who reaches the goal (+4 to +20).'],
  marks: [
    { arm: 'plain', effect: 0.12, low: 0.04, high: 0.2, verdict: 'very likely helped', words: 'plain +12 points (+4 to +20)' },
    { arm: 'offer', effect: -0.1, low: null, high: null, verdict: "can't tell yet", words: 'offer −10 points' },
  ],
  foot: 'Decided on 3 Nov.',
}

it('holds every word, with signs that mean something in a picture written as text', () => {
  const card = resultCard(said)
  for (const text of ['Spring &lt;is&gt; &quot;here&quot; &amp; more', said.verdict, said.sentences[0], said.marks[0]?.words, said.foot]) expect(card).toContain(text)
})

it('draws an interval where there is one, and a point and zero always', () => {
  const card = resultCard(said)
  expect(card.match(/<circle/g)).toHaveLength(2)
  expect(card.match(/<line/g)).toHaveLength(2) // one interval, and zero
  const places = [...card.matchAll(/<circle cx="([\d.]+)"/g)].map((it) => Number(it[1]))
  expect(places[0]).toBeGreaterThan(places[1] ?? Number.POSITIVE_INFINITY)
  for (const place of places) expect(place > 0 && place < CARD.width).toBe(true)
})

it('has nothing to draw before there is an effect', () => {
  expect(resultCard({ ...said, marks: [] })).not.toContain('<circle')
})

it('breaks lines between words, loses none, and leaves a long word whole', () => {
  const text = 'one two three fourteenletters five'
  expect(lines(text, 9)).toEqual(['one two', 'three', 'fourteenletters', 'five'])
  expect(lines(text, 100)).toEqual([text])
  expect(lines('', 9)).toEqual([])
})
