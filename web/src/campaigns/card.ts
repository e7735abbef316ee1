import { scaleLinear } from 'd3-scale'
import { type Mark, rangeOf } from './effects'

/** What stands on the card of a result, in words that are ready to be read. */
export interface CardSaid {
  title: string
  verdict: string
  sentences: readonly string[]
  marks: readonly (Mark & { words: string })[]
  foot: string
}

export const CARD = { width: 1200, height: 675 }
const EDGE = 64
const ROW = 72
const MOST_ROWS = 4
/** Letters that fit on a line of sentences at that size, with room for wide ones. */
const LETTERS = 84
const INK = '#1c2128'
const QUIET = '#5c636a'
const LINE = '#b6bcc4'
const POINT = '#4263eb'
const SIGNS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => SIGNS[sign] ?? sign)

/** The words of a text on lines of at most so many letters. */
export function lines(text: string, most = LETTERS): string[] {
  const made: string[] = []
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = made.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= most) made[made.length - 1] = `${last} ${word}`
    else made.push(word)
  }
  return made
}

/** The result of a campaign as one picture for a slide, in SVG: verdict, effects to scale, how it was counted. */
export function resultCard(said: CardSaid): string {
  const parts: string[] = []
  const write = (text: string, x: number, y: number, size: number, more = '') =>
    parts.push(`<text x="${x}" y="${y}" font-size="${size}" ${more}>${escaped(text)}</text>`)
  write(lines(said.title, 70)[0] ?? '', EDGE, 84, 26, `fill="${QUIET}"`)
  write(said.verdict, EDGE, 148, 48, 'font-weight="650"')
  let y = 172
  for (const line of said.sentences.flatMap((one) => lines(one))) write(line, EDGE, (y += 32), 24)
  const marks = said.marks.slice(0, MOST_ROWS)
  if (marks.length > 0) {
    const x = scaleLinear(rangeOf(marks), [EDGE, CARD.width - EDGE])
    const top = y + 28
    y = top
    parts.push(`<line x1="${x(0)}" x2="${x(0)}" y1="${top}" y2="${top + ROW * marks.length}" stroke="${LINE}" stroke-width="2" stroke-dasharray="6 5"/>`)
    for (const one of marks) {
      write(one.words, EDGE, y + 24, 20, 'stroke="#ffffff" stroke-width="6" paint-order="stroke"') // zero passes behind the words
      const at = y + 48
      if (one.low !== null && one.high !== null)
        parts.push(`<line x1="${x(one.low)}" x2="${x(one.high)}" y1="${at}" y2="${at}" stroke="${POINT}" stroke-width="4" stroke-linecap="round"/>`)
      parts.push(`<circle cx="${x(one.effect)}" cy="${at}" r="9" fill="${POINT}"/>`)
      y += ROW
    }
    write('0', x(0), y + 24, 18, `fill="${QUIET}" text-anchor="middle"`)
  }
  const foot = lines(said.foot, 110)
  foot.forEach((line, place) => write(line, EDGE, CARD.height - 36 - 26 * (foot.length - 1 - place), 18, `fill="${QUIET}"`))
  const { width, height } = CARD
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `font-family="Inter, system-ui, sans-serif" fill="${INK}"><rect width="${width}" height="${height}" fill="#ffffff"/>${parts.join('')}</svg>`
  )
}
