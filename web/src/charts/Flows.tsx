import { scaleBand, scaleLinear } from 'd3-scale'
import { useFormat } from '@/i18n/language'
import classes from './Trend.module.css'

export interface Move {
  at: string
  entered: number
  left: number
}

const HEIGHT = 220
const EDGE = { top: 22, right: 8, bottom: 42, left: 8 }

/** Mirrored bars: who came above the line, who left below it. */
export function Flows(props: { moves: readonly Move[]; width: number; label: string; came: string; went: string }) {
  const format = useFormat()
  const { moves, width } = props
  const x = scaleBand(moves.map((move) => move.at), [EDGE.left, width - EDGE.right]).paddingInner(0.3)
  const most = Math.max(1, ...moves.flatMap((move) => [move.entered, move.left]))
  const y = scaleLinear([-most, most], [HEIGHT - EDGE.bottom, EDGE.top])
  const every = Math.ceil(moves.length / Math.max(2, Math.floor(width / 90)))
  return (
    <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={props.label}>
      {moves.map((move, place) => (
        <g key={move.at}>
          <title>{`${format.day(move.at)}: ${props.came} ${format.number(move.entered)}, ${props.went} ${format.number(move.left)}`}</title>
          <rect x={x(move.at)} y={y(move.entered)} width={x.bandwidth()} height={y(0) - y(move.entered)} rx={2} fill="var(--c1)" />
          <rect x={x(move.at)} y={y(0)} width={x.bandwidth()} height={y(-move.left) - y(0)} rx={2} fill="var(--c2)" />
          {(moves.length - 1 - place) % every === 0 ? (
            <text {...(place === moves.length - 1 ? { x: width - EDGE.right, textAnchor: 'end' } : { x: (x(move.at) ?? 0) + x.bandwidth() / 2, textAnchor: 'middle' })} y={HEIGHT - 6} className={classes.tick}>
              {format.shortDay(move.at)}
            </text>
          ) : null}
        </g>
      ))}
      <line x1={EDGE.left} x2={width - EDGE.right} y1={y(0)} y2={y(0)} stroke="var(--line-strong)" />
      <text x={EDGE.left} y={EDGE.top - 8} className={classes.tick}>
        {`▲ ${props.came}`}
      </text>
      <text x={EDGE.left} y={HEIGHT - EDGE.bottom + 15} className={classes.tick}>
        {`▼ ${props.went}`}
      </text>
    </svg>
  )
}
