import { useFormat, useMessages } from '@/i18n/language'
import { predictionMessages } from './messages'
import type { Row } from './queries'
import { trustOf } from './trust'

/** How a score reads: a chance in percent, an amount as money. */
export function useScore() {
  const format = useFormat()
  return (score: number, of: Row['of']) => (of === 'chance' ? format.percent(score) : format.money(score))
}

/** In words why a prediction can be trusted as far as it can. */
export function useJudged() {
  const t = useMessages(predictionMessages)
  const format = useFormat()
  return (row: Row): string => {
    const trust = trustOf(row)
    if (trust === 'again' || trust === 'refused' || trust === 'failed') return row.because ?? ''
    if (trust === 'never') return row.because ?? t.because.never
    if (trust === 'leak' || trust === 'untested' || trust === 'plain') return t.because[trust]
    const test = row.last_test
    if (test === null) return ''
    const { recency } = test
    if (test.auc == null) {
      const value = format.number(test.rank_correlation ?? 0)
      const words = t.amounts
      if (trust === 'weak') return words.weak(value)
      if (recency === null) return words.trustedAlone(value)
      return words.trusted(value, format.number(recency))
    }
    const pairs = (area: number) => t.pairs(format.number(Math.round(area * 100)))
    const ranks = pairs(test.auc)
    const off = test.ece == null ? undefined : format.number(Math.round(test.ece * 1000) / 10)
    if (trust === 'weak') return t.because.weak(ranks)
    if (trust === 'order') return t.because.order(ranks)
    const said = recency === null ? t.because.trustedAlone(ranks) : t.because.trusted(ranks, pairs(recency))
    return off === undefined ? said : `${said} ${t.because.off(off)}`
  }
}
