/** A rule's text in pieces, as far as colouring and completion need them: never what it means. */
export type Kind = 'word' | 'name' | 'text' | 'number' | 'sign' | 'space' | 'comment'
export interface Token {
  kind: Kind
  text: string
  start: number
}

const PATTERNS: readonly [Kind, RegExp][] = [
  ['space', /\s+/y],
  ['comment', /#[^\n]*/y],
  ['text', /"(?:[^"]|"")*"?|'(?:[^']|'')*'?/y],
  ['name', /`(?:[^`]|``)*`?/y],
  ['number', /\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z?)?|\d+(?:\.\d+)?(?:mo|[smhdwy%])?/y],
  ['word', /[^\W\d][\w$]*/y],
  ['sign', /[<>!]=|./suy],
]

/** Pieces that together are the text again; `words` are those of the language. */
export function tokens(text: string, words: ReadonlySet<string>): Token[] {
  const found: Token[] = []
  for (let start = 0; start < text.length; ) {
    for (const [kind, pattern] of PATTERNS) {
      pattern.lastIndex = start
      const piece = pattern.exec(text)?.[0]
      if (piece === undefined || piece === '') continue
      const isName = kind === 'word' && !words.has(piece.toLowerCase())
      found.push({ kind: isName ? 'name' : kind, text: piece, start })
      start += piece.length
      break
    }
  }
  return found
}

/** The single words of keywords such as `in segment` and `count(`. */
export const wordsIn = (keywords: readonly string[]): ReadonlySet<string> => new Set(keywords.flatMap((one) => one.match(/[a-z_]+/g) ?? []))

/** Where a line and a column (both from 1) are in a text. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n')
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  return Math.min(before + column - 1, text.length)
}
