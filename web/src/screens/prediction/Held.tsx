import { scaleLinear } from 'd3-scale'
import { ChartFrame } from '@/charts/ChartFrame'
import { useFormat, useMessages } from '@/i18n/language'
import type { Told } from '@/predictions/queries'
import { en } from './messages.en'
import { pt } from './messages.pt'
import classes from './Prediction.module.css'
import type { Test } from './Trusted'

const ROW = 44
const TENTH = 0.1

/** How much of what came the tenth with the highest scores held, beside what other orders hold. */
export function Held(props: { test: Test; of: Told['of'] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { test } = props
  const bars = [
    { name: t.lines.model, share: test.top_decile ?? null, colour: classes.c1 },
    { name: t.lines.recency, share: test.baselines.recency?.top_decile ?? null, colour: classes.c2 },
    { name: t.lines.logistic, share: test.baselines.logistic?.top_decile ?? null, colour: classes.c8 },
    { name: t.byChance, share: TENTH, colour: classes.c8 },
  ].flatMap((it) => (it.share === null ? [] : [{ ...it, share: it.share }]))
  const rows = bars.map((it) => [it.name, format.percent(it.share)])
  const title = t.held(format.percent(test.top_decile ?? 0))
  const height = bars.length * ROW
  return (
    <ChartFrame title={title} subtitle={props.of === 'chance' ? t.heldSub : t.heldSubAmount} table={{ columns: ['', t.share], rows }}>
      {(width) => {
        const x = scaleLinear([0, Math.max(...bars.map((it) => it.share))], [0, width - 64])
        return (
          <>
            <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${title}. ${rows.map((row) => row.join(' ')).join('; ')}`}>
              {bars.map((it, place) => (
                <g key={it.name}>
                  <text x={0} y={place * ROW + 14} className={classes.label}>
                    {it.name}
                  </text>
                  <rect x={0} y={place * ROW + 20} width={Math.max(2, x(it.share))} height={14} rx={3} className={it.colour} strokeWidth={0} opacity={place === 0 ? 1 : 0.7} />
                  <text x={x(it.share) + 8} y={place * ROW + 32} className={classes.number}>
                    {format.percent(it.share)}
                  </text>
                </g>
              ))}
            </svg>
            {test.top_decile_value == null ? null : <p className={classes.below}>{t.value(format.percent(test.top_decile_value))}</p>}
          </>
        )
      }}
    </ChartFrame>
  )
}
