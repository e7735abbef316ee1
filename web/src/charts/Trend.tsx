import { scaleLinear, scaleUtc } from 'd3-scale'
import { area, line } from 'd3-shape'
import { type PointerEvent, useState } from 'react'
import { useFormat } from '@/i18n/language'
import classes from './Trend.module.css'

export interface TrendPoint {
  at: string
  value: number
}

const HEIGHT = 220
/** Pixels between the written last value and the next label. */
const CLEAR = 14
/** About as wide as a day is written: at the edge it would stand outside. */
const LABEL = 48
const EDGE = { top: 12, right: 64, bottom: 26, left: 8 }

/** A size over time: from 0, the last value written at its end, each point readable by pointer. */
export function Trend(props: { points: readonly TrendPoint[]; width: number; label: string; mark?: string }) {
  const format = useFormat()
  const [over, setOver] = useState<number | null>(null)
  const { points, width } = props
  const first = points[0]
  const last = points.at(-1)
  if (first === undefined || last === undefined) return null
  const x = scaleUtc([new Date(first.at), new Date(last.at)], [EDGE.left, width - EDGE.right])
  const most = Math.max(...points.map((point) => point.value), 1)
  const y = scaleLinear([0, most], [HEIGHT - EDGE.bottom, EDGE.top]).nice(4)
  const px = (point: TrendPoint) => x(new Date(point.at))
  const path = line<TrendPoint>(px, (point) => y(point.value))(points as TrendPoint[]) ?? ''
  const below = area<TrendPoint>(px, HEIGHT - EDGE.bottom, (point) => y(point.value))(points as TrendPoint[]) ?? ''
  const nearest = (event: PointerEvent<SVGSVGElement>) => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left
    const away = points.map((point) => Math.abs(px(point) - at))
    setOver(away.indexOf(Math.min(...away)))
  }
  const shown = over === null ? undefined : points[over]
  const ticks = x.ticks(Math.max(2, Math.floor(width / 120)))
  return (
    <svg
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="img"
      aria-label={props.label}
      onPointerMove={nearest}
      onPointerLeave={() => setOver(null)}
    >
      {y.ticks(4).filter(Number.isInteger).map((value) => (
        <g key={value} className={classes.grid}>
          <line x1={EDGE.left} x2={width - EDGE.right} y1={y(value)} y2={y(value)} />
          {value > 0 && Math.abs(y(value) - y(last.value)) > CLEAR ? (
            <text x={width - EDGE.right + 8} y={y(value) + 4}>
              {format.compact(value)}
            </text>
          ) : null}
        </g>
      ))}
      {ticks.map((at) => (
        <text key={at.getTime()} x={x(at)} y={HEIGHT - 6} textAnchor={x(at) < LABEL / 2 ? 'start' : 'middle'} className={classes.tick}>
          {format.shortDay(at)}
        </text>
      ))}
      <path d={below} className={classes.area} />
      <path d={path} className={classes.line} />
      {shown === undefined ? (
        <g>
          <circle cx={px(last)} cy={y(last.value)} r={3.5} className={classes.dot} />
          <text x={px(last) + 8} y={y(last.value) + 4} className={classes.end}>
            {format.number(last.value)}
          </text>
        </g>
      ) : (
        <g>
          <line x1={px(shown)} x2={px(shown)} y1={EDGE.top} y2={HEIGHT - EDGE.bottom} className={classes.rule} />
          <circle cx={px(shown)} cy={y(shown.value)} r={4} className={classes.dot} />
          <text
            x={px(shown) + (px(shown) > width / 2 ? -8 : 8)}
            y={EDGE.top + 8}
            textAnchor={px(shown) > width / 2 ? 'end' : 'start'}
            className={classes.end}
          >
            {`${format.number(shown.value)} · ${format.day(shown.at)}`}
          </text>
        </g>
      )}
    </svg>
  )
}
