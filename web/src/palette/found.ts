/** Something that can be found: where it leads, or what it does. */
export interface Found {
  key: string
  group: 'doing' | 'screens' | 'segments' | 'customers'
  label: string
  /** What it also goes by: a segment's name beside its title. */
  also?: string
}

const MOST = 8

/** What goes by the words typed, the nearest first, a few of each kind; everything where nothing is typed. */
export function matching<T extends Found>(all: readonly T[], typed: string): T[] {
  const words = plain(typed).split(/\s+/).filter((one) => one !== '')
  const scored = all.map((one) => ({ one, score: scoreOf(one, words) })).filter(({ score }) => score > 0)
  scored.sort((one, other) => other.score - one.score)
  const taken = new Map<string, number>()
  return scored
    .map(({ one }) => one)
    .filter(({ group }) => {
      const count = taken.get(group) ?? 0
      taken.set(group, count + 1)
      return count < MOST
    })
}

/** All words must be there; a label that begins with them is nearer, and so is a shorter one. */
function scoreOf(one: Found, words: readonly string[]): number {
  const label = plain(one.label)
  const text = `${label} ${plain(one.also ?? '')}`
  if (!words.every((word) => text.includes(word))) return 0
  const [first = ''] = words
  const begins = label.startsWith(first) ? 2 : text.split(/[\s_.-]+/).some((part) => part.startsWith(first)) ? 1 : 0
  return 1 + begins + 1 / (1 + label.length)
}

/** As one types it: small letters, no accents. */
const plain = (text: string) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase()
