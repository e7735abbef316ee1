import { scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'
import { ChartFrame } from '@/charts/ChartFrame'
import trend from '@/charts/Trend.module.css'
import { useFormat, useMessages } from '@/i18n/language'
import type { Told } from '@/predictions/queries'
import { useScore } from '@/predictions/useJudged'
import { en } from './messages.en'
import { pt } from './messages.pt'
import classes from './Prediction.module.css'
import type { Test } from './Trusted'

const HEIGHT = 264
const EDGE = { top: 20, right: 52, bottom: 42, left: 12 }

/** What was said of each tenth of the customers beside what came of them; on the line both are one. */
export function Calibration(props: { test: Test; of: Told['of'] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const score = useScore()
  const { test, of } = props
  const say = (it: number) => score(of === 'chance' ? Math.round(it * 1000) / 1000 : it, of)
  const bins = test.reliability
  const title = test.ece == null ? t.calibrationAmount : t.calibration(format.number(Math.round(test.ece * 1000) / 10))
  const rows = bins.map((it) => [say(it.said), say(it.came), format.number(it.people)])
  const most = Math.max(...bins.flatMap((it) => [it.said, it.came]), of === 'chance' ? 0.01 : 1)
  return (
    <ChartFrame title={title} subtitle={t.calibrationSub} table={{ columns: [t.said, t.came, t.people], rows }}>
      {(width) => {
        const x = scaleLinear([0, most], [EDGE.left, width - EDGE.right]).nice(4)
        const y = scaleLinear(x.domain(), [HEIGHT - EDGE.bottom, EDGE.top])
        const path = line<(typeof bins)[number]>((it) => x(it.said), (it) => y(it.came))(bins as typeof bins) ?? ''
        const [first = 0, last = 1] = x.domain()
        return (
          <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={`${title}. ${rows.map(([said, came]) => `${t.said} ${said}, ${t.came} ${came}`).join('; ')}`}>
            {y.ticks(4).map((tick) => (
              <g key={tick} className={trend.grid}>
                <line x1={EDGE.left} x2={width - EDGE.right} y1={y(tick)} y2={y(tick)} />
                <text x={width - EDGE.right + 8} y={y(tick) + 4}>
                  {of === 'chance' ? format.percent(tick) : format.compact(tick)}
                </text>
              </g>
            ))}
            {x.ticks(Math.max(2, Math.floor(width / 130))).map((tick) => (
              <text key={tick} x={x(tick)} y={HEIGHT - EDGE.bottom + 18} textAnchor={tick === first ? 'start' : 'middle'} className={trend.tick}>
                {of === 'chance' ? format.percent(tick) : format.compact(tick)}
              </text>
            ))}
            <text x={(width - EDGE.right) / 2} y={HEIGHT - 6} textAnchor="middle" className={classes.axis}>
              {t.said} →
            </text>
            <text x={width - EDGE.right + 8} y={EDGE.top - 8} className={classes.axis}>
              ↑ {t.came}
            </text>
            <line x1={x(first)} y1={y(first)} x2={x(last)} y2={y(last)} className={classes.exact} />
            <g className={classes.c1}>
              <path d={path} className={classes.series} />
              {bins.map((it, place) => (
                <circle key={place} cx={x(it.said)} cy={y(it.came)} r={5} className={classes.mark}>
                  <title>{`${t.said} ${say(it.said)}, ${t.came} ${say(it.came)} · ${format.number(it.people)}`}</title>
                </circle>
              ))}
            </g>
          </svg>
        )
      }}
    </ChartFrame>
  )
}
