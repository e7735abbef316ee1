import { scaleLinear, scalePoint } from 'd3-scale'
import { line } from 'd3-shape'
import { ChartFrame } from '@/charts/ChartFrame'
import trend from '@/charts/Trend.module.css'
import { useFormat, useMessages } from '@/i18n/language'
import type { Told } from '@/predictions/queries'
import { en } from './messages.en'
import { pt } from './messages.pt'
import classes from './Prediction.module.css'
import type { Test } from './Trusted'

const HEIGHT = 230
const EDGE = { top: 12, right: 52, bottom: 28, left: 24 }
const SERIES = ['model', 'recency', 'logistic'] as const
type Series = (typeof SERIES)[number]
const COLOURS: Record<Series, string> = { model: classes.c1 ?? '', recency: classes.c2 ?? '', logistic: classes.c8 ?? '' }

/** How well it ranked at each past time, beside recency and the sum of weights. */
export function OverTime(props: { test: Test; of: Told['of'] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { test, of } = props
  const isChance = of === 'chance'
  const measure = isChance ? 'auc' : 'rank_correlation'
  const say = (it: number) => (isChance ? format.percent(Math.round(it * 1000) / 1000) : format.number(it))
  const valueOf = (one: Test['by_cutoff'][number], series: Series) => (series === 'model' ? one[measure] : one.baselines[series]?.[measure]) ?? null
  const shown = SERIES.filter((one) => test.by_cutoff.some((it) => valueOf(it, one) !== null))
  const compared = test.by_cutoff.filter((it) => valueOf(it, 'recency') !== null)
  const won = compared.filter((it) => (valueOf(it, 'model') ?? 0) > (valueOf(it, 'recency') ?? 0)).length
  const title = compared.length > 0 ? t.better(format.number(won), format.number(compared.length)) : t.alone(say(test[measure] ?? 0))
  const isWorse = (test[measure] ?? 0) <= (test.baselines.recency?.[measure] ?? -1)
  const said = (it: number | null | undefined, how = say) => (it == null ? '–' : how(it))
  const columns = [t.date, ...shown.map((one) => t.lines[one]), ...(isChance ? [t.brier, t.ece, t.lift] : []), t.people]
  const rows = test.by_cutoff.map((it) => [
    format.day(it.cutoff),
    ...shown.map((one) => said(valueOf(it, one))),
    ...(isChance ? [said(it.brier, format.number), said(it.ece, format.percent), said(it.lift, format.number)] : []),
    format.number(it.n),
  ])
  const all = test.by_cutoff.flatMap((it) => shown.map((one) => valueOf(it, one))).filter((it) => it !== null)
  const low = Math.min(isChance ? 0.5 : 0, ...all)
  const subtitle = (isChance ? t.overTimeSub : t.overTimeSubAmount)(format.number(test.n), format.number(test.by_cutoff.length))
  return (
    <ChartFrame title={title} subtitle={subtitle} table={{ columns, rows }}>
      {(width) => {
        const x = scalePoint(test.by_cutoff.map((it) => it.cutoff), [EDGE.left + 12, width - EDGE.right - 12]).padding(test.by_cutoff.length > 1 ? 0 : 0.5)
        const y = scaleLinear([low, isChance ? 1 : Math.max(...all, 0.1)], [HEIGHT - EDGE.bottom, EDGE.top]).nice(4)
        return (
          <>
            <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={`${title}. ${rows.map((row) => row.join(' ')).join('; ')}`}>
              {y.ticks(5).map((tick) => (
                <g key={tick} className={trend.grid}>
                  <line x1={EDGE.left} x2={width - EDGE.right} y1={y(tick)} y2={y(tick)} />
                  <text x={width - EDGE.right + 8} y={y(tick) + 4}>
                    {isChance ? format.percent(tick) : format.number(tick)}
                  </text>
                </g>
              ))}
              {test.by_cutoff.map((it) => (
                <text key={it.cutoff} x={x(it.cutoff)} y={HEIGHT - 6} textAnchor="middle" className={trend.tick}>
                  {format.shortDay(it.cutoff)}
                </text>
              ))}
              {[...shown].reverse().map((series) => {
                const points = test.by_cutoff.flatMap((it) => {
                  const value = valueOf(it, series)
                  return value === null ? [] : [{ at: it.cutoff, x: x(it.cutoff) ?? 0, y: y(value), value }]
                })
                const path = line<(typeof points)[number]>((it) => it.x, (it) => it.y)(points) ?? ''
                return (
                  <g key={series} className={COLOURS[series]}>
                    <path d={path} className={series === 'model' ? classes.series : classes.thin} />
                    {points.map((it) => (
                      <Mark key={it.at} series={series} x={it.x} y={it.y} title={`${t.lines[series]}: ${say(it.value)}`} />
                    ))}
                  </g>
                )
              })}
            </svg>
            <ul className={classes.legend}>
              {shown.map((one) => (
                <li key={one}>
                  <svg width={14} height={14} aria-hidden className={COLOURS[one]}>
                    <Mark series={one} x={7} y={7} />
                  </svg>
                  {t.lines[one]}
                </li>
              ))}
            </ul>
            {won > compared.length / 2 && isWorse ? <p className={classes.below}>{t.notTogether}</p> : null}
          </>
        )
      }}
    </ChartFrame>
  )
}

/** A shape of its own for each, so that colour is not all that tells them apart. */
function Mark(props: { series: Series; x: number; y: number; title?: string }) {
  const { x, y } = props
  const title = props.title === undefined ? null : <title>{props.title}</title>
  if (props.series === 'model') return <circle cx={x} cy={y} r={5} className={classes.mark}>{title}</circle>
  if (props.series === 'recency') return <rect x={x - 4.5} y={y - 4.5} width={9} height={9} className={classes.mark}>{title}</rect>
  return <path d={`M${x} ${y - 5.5}L${x + 5.5} ${y + 4}H${x - 5.5}Z`} className={classes.mark}>{title}</path>
}
