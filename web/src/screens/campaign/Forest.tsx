import { scaleLinear } from 'd3-scale'
import { marksOf, rangeOf } from '@/campaigns/effects'
import type { Arm } from '@/campaigns/shapes'
import { ChartFrame } from '@/charts/ChartFrame'
import { useMessages } from '@/i18n/language'
import classes from './Campaign.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { type Kind, useEffects } from './useEffects'

const ROW = 70
const AXIS = 26
const EDGE = 14

/** The effect of each variant on a metric, as a point with its interval to scale beside zero. */
export function Forest(props: { metric: string; kind: Kind; arms: readonly Arm[] }) {
  const t = useMessages({ en, pt })
  const say = useEffects(props.kind)
  const marks = marksOf(props.arms)
  const rows = marks.map((it) => [
    t.armName(it.arm), say.effect(it.effect), it.low === null ? t.none : say.effect(it.low), it.high === null ? t.none : say.effect(it.high), t.verdicts[it.verdict] ?? it.verdict,
  ])
  const title = `${t.metric(props.metric)}: ${format(marks, (it) => `${t.armName(it.arm)} ${say.effect(it.effect)} (${say.span(it.low, it.high)})`)}`
  const height = marks.length * ROW + AXIS
  return (
    <ChartFrame title={t.metric(props.metric)} table={{ columns: t.effectTable, rows }}>
      {(width) => {
        const x = scaleLinear(rangeOf(marks), [EDGE, width - EDGE])
        const ticks = x.ticks(Math.max(2, Math.floor(width / 110)))
        return (
          <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
            <g className={classes.axis}>
              {ticks.map((tick) => (
                <g key={tick}>
                  <line x1={x(tick)} x2={x(tick)} y1={height - AXIS} y2={height - AXIS + 5} />
                  <text x={x(tick)} y={height - 5} textAnchor="middle">{say.tick(tick)}</text>
                </g>
              ))}
              <line x1={EDGE} x2={width - EDGE} y1={height - AXIS} y2={height - AXIS} />
            </g>
            {marks.map((it, place) => {
              const y = place * ROW + 54
              return (
                <g key={it.arm}>
                  <line x1={x(0)} x2={x(0)} y1={y - 12} y2={y + 16} className={classes.zero} />
                  <text x={EDGE} y={y - 36} className={classes.name}>
                    {t.armName(it.arm)} <tspan className={classes.words}>{`${say.effect(it.effect)} (${say.span(it.low, it.high)})`}</tspan>
                  </text>
                  <text x={EDGE} y={y - 18} className={classes.words}>{t.verdicts[it.verdict] ?? it.verdict}</text>
                  {it.low === null || it.high === null ? null : (
                    <>
                      <line x1={x(it.low)} x2={x(it.high)} y1={y} y2={y} className={classes.whisker} />
                      <line x1={x(it.low)} x2={x(it.low)} y1={y - 5} y2={y + 5} className={classes.whisker} />
                      <line x1={x(it.high)} x2={x(it.high)} y1={y - 5} y2={y + 5} className={classes.whisker} />
                    </>
                  )}
                  <circle cx={x(it.effect)} cy={y} r={6} className={classes.point} />
                </g>
              )
            })}
          </svg>
        )
      }}
    </ChartFrame>
  )
}

const format = <T,>(all: readonly T[], one: (it: T) => string) => all.map(one).join('; ')
