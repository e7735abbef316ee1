import { scaleLinear } from 'd3-scale'
import { area, line } from 'd3-shape'
import { useFormat } from '@/i18n/language'
import classes from './Trend.module.css'

export interface CurvePoint {
  after: number
  share: number
  low: number
  high: number
}

const HEIGHT = 220
const EDGE = { top: 16, right: 44, bottom: 26, left: 8 }

/** A share after so many periods, from 0 to all, with the band in which the true one may lie. */
export function Curve(props: { points: readonly CurvePoint[]; width: number; label: string; tick: (after: number) => string }) {
  const format = useFormat()
  const { width } = props
  const points = [...props.points]
  const last = points.at(-1)
  if (last === undefined) return null
  const x = scaleLinear([0, Math.max(1, last.after)], [EDGE.left, width - EDGE.right])
  const y = scaleLinear([0, 1], [HEIGHT - EDGE.bottom, EDGE.top])
  const px = (point: CurvePoint) => x(point.after)
  const path = line<CurvePoint>(px, (point) => y(point.share))(points) ?? ''
  const band = area<CurvePoint>(px, (point) => y(point.low), (point) => y(point.high))(points) ?? ''
  const every = Math.ceil(points.length / Math.max(2, Math.floor(width / 80)))
  return (
    <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={props.label}>
      {[0, 0.25, 0.5, 0.75, 1].map((share) => (
        <g key={share} className={classes.grid}>
          <line x1={EDGE.left} x2={width - EDGE.right} y1={y(share)} y2={y(share)} />
          <text x={width - EDGE.right + 8} y={y(share) + 4}>
            {format.percent(share)}
          </text>
        </g>
      ))}
      {points.filter((_, place) => place % every === 0).map((point) => (
        <text key={point.after} x={px(point)} y={HEIGHT - 6} textAnchor={point.after === 0 ? 'start' : 'middle'} className={classes.tick}>
          {props.tick(point.after)}
        </text>
      ))}
      <path d={band} className={classes.area} style={{ opacity: 0.18 }} />
      <path d={path} className={classes.line} />
      {points.map((point) => (
        <circle key={point.after} cx={px(point)} cy={y(point.share)} r={3} className={classes.dot}>
          <title>{`${props.tick(point.after)}: ${format.percent(point.share)} (${format.percent(point.low)}–${format.percent(point.high)})`}</title>
        </circle>
      ))}
    </svg>
  )
}
