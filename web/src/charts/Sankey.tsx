import { sankey, sankeyLinkHorizontal } from 'd3-sankey'
import { useFormat } from '@/i18n/language'
import classes from './Sankey.module.css'

export interface Place {
  id: string
  title: string
  /** Which column it stands in, from 0. */
  column: number
  colour: number
}
export interface Passage {
  from: string
  to: string
  count: number
}

const EDGE = { top: 8, bottom: 12 }
const ROW = 44
const COLOURS = 8

/** Who went where: bands as wide as there are people, from column to column. */
export function Sankey(props: { places: readonly Place[]; passages: readonly Passage[]; width: number; label: string }) {
  const format = useFormat()
  const columns = Math.max(...props.places.map((place) => place.column)) + 1
  const rows = Math.max(...Array.from({ length: columns }, (_, column) => props.places.filter((place) => place.column === column).length))
  const height = Math.max(220, rows * ROW)
  const drawn = sankey<Place, Passage>()
    .nodeId((place) => place.id)
    .nodeAlign((place) => place.column)
    .nodeSort((one, other) => (one.index ?? 0) - (other.index ?? 0))
    .nodeWidth(10)
    .nodePadding(18)
    .extent([[0, EDGE.top], [props.width, height - EDGE.bottom]])({
    nodes: props.places.map((place) => ({ ...place })),
    links: props.passages.map((one) => ({ ...one, source: one.from, target: one.to, value: one.count })),
  })
  const path = sankeyLinkHorizontal<Place, Passage>()
  const colour = (place: number) => `var(--c${(place % COLOURS) + 1})`
  return (
    <svg width={props.width} height={height} role="img" aria-label={props.label} className={classes.sankey}>
      {drawn.links.map((link) => {
        const [from, to] = [link.source as Place, link.target as Place]
        return (
          <path key={`${link.from}→${link.to}`} d={path(link) ?? ''} className={classes.band} stroke={colour(from.colour)} strokeWidth={Math.max(1, link.width ?? 0)}>
            <title>{`${from.title} → ${to.title}: ${format.number(link.count)}`}</title>
          </path>
        )
      })}
      {drawn.nodes.map((node) => {
        const [x0, x1, y0, y1] = [node.x0 ?? 0, node.x1 ?? 0, node.y0 ?? 0, node.y1 ?? 0]
        const last = node.column === columns - 1
        return (
          <g key={node.id}>
            <rect x={x0} y={y0} width={x1 - x0} height={Math.max(1, y1 - y0)} rx={2} fill={colour(node.colour)} />
            <text x={last ? x0 - 6 : x1 + 6} y={(y0 + y1) / 2 + 4} textAnchor={last ? 'end' : 'start'} className={classes.name}>
              {node.title} <tspan className={classes.count}>{format.number(node.value ?? 0)}</tspan>
            </text>
          </g>
        )
      })}
    </svg>
  )
}
