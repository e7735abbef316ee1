import { useFormat, useMessages } from '@/i18n/language'
import { en } from './messages.en'
import { pt } from './messages.pt'

export type Kind = 'conversion' | 'mean' | 'ratio' | 'retention'

/** Effects in words: shares as points of a hundred, amounts as they are, always with their sign. */
export function useEffects(kind: Kind) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const isShare = kind === 'conversion' || kind === 'retention'
  const written = new Intl.NumberFormat(format.locale, { signDisplay: 'exceptZero', maximumFractionDigits: isShare ? 1 : 2 })
  const plain = new Intl.NumberFormat(format.locale, { maximumFractionDigits: isShare ? 1 : 2 })
  const scaled = (value: number) => (isShare ? 100 * value : value)
  const effect = (value: number) => (isShare ? t.points(written.format(scaled(value))) : written.format(value))
  return {
    effect,
    tick: (value: number) => written.format(scaled(value)),
    mean: (value: number | null) => (value === null ? t.none : isShare ? format.percent(value) : plain.format(value)),
    span: (low: number | null | undefined, high: number | null | undefined) =>
      low == null || high == null ? t.noSpan : t.span(written.format(scaled(low)), written.format(scaled(high))),
    /** An effect on everybody in the group: how many people or how much in all. */
    total: (value: number) => new Intl.NumberFormat(format.locale, { signDisplay: 'exceptZero', maximumFractionDigits: 0 }).format(value),
  }
}
