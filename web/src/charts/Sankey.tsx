import { sankey, sankeyLinkHorizontal } from 'd3-sankey'
import type { KeyboardEvent } from 'react'
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
/** Between two places; and where places are buttons, so that each is large enough to hit. */
const [GAP, WIDE_GAP] = [18, 26]
const HIT = 26
/** Pixels a letter of a name takes, at most on the average, and what stands around a name. */
const [LETTER, AROUND] = [6.8, 16]

/**
 * Who went where: bands as wide as there are people, from column to column. With `pick`, every place
 * is a button, and the bands of the one that is picked stand out.
 */
export function Sankey(props: {
  places: readonly Place[]
  passages: readonly Passage[]
  width: number
  label: string
  picked?: string | null
  pick?: (id: string) => void
  nameOf?: (id: string) => string
}) {
  const format = useFormat()
  const { pick, picked = null } = props
  const columns = Math.max(...props.places.map((place) => place.column)) + 1
  const rows = Math.max(...Array.from({ length: columns }, (_, column) => props.places.filter((place) => place.column === column).length))
  const height = Math.max(220, rows * (pick ? ROW + WIDE_GAP - GAP : ROW))
  const aside = roomBeside(props.places, props.passages, columns, props.width)
  const drawn = sankey<Place, Passage>()
    .nodeId((place) => place.id)
    .nodeAlign((place) => place.column)
    .nodeSort((one, other) => (one.index ?? 0) - (other.index ?? 0))
    .nodeWidth(10)
    .nodePadding(pick ? WIDE_GAP : GAP)
    .extent([[0, EDGE.top], [props.width - aside, height - EDGE.bottom]])({
    nodes: props.places.map((place) => ({ ...place })),
    links: props.passages.map((one) => ({ ...one, source: one.from, target: one.to, value: one.count })),
  })
  const path = sankeyLinkHorizontal<Place, Passage>()
  const colour = (place: number) => `var(--c${(place % COLOURS) + 1})`
  const pickable = (id: string) =>
    pick === undefined
      ? {}
      : {
          role: 'button',
          tabIndex: 0,
          'aria-pressed': picked === id,
          'aria-label': props.nameOf?.(id),
          className: classes.node,
          onClick: () => pick(id),
          onKeyDown: (event: KeyboardEvent) => {
            if (event.key !== 'Enter' && event.key !== ' ') return
            event.preventDefault()
            pick(id)
          },
        }
  return (
    <svg width={props.width} height={height} viewBox={`0 0 ${props.width} ${height}`} role={pick ? 'group' : 'img'} aria-label={props.label} className={`${classes.sankey} ${picked === null ? '' : classes.picking}`}>
      {drawn.links.map((link) => {
        const [from, to] = [link.source as Place, link.target as Place]
        const isLit = from.id === picked || to.id === picked
        return (
          <path key={`${link.from}→${link.to}`} d={path(link) ?? ''} className={`${classes.band} ${isLit ? classes.lit : ''}`} stroke={colour(from.colour)} strokeWidth={Math.max(1, link.width ?? 0)}>
            <title>{`${from.title} → ${to.title}: ${format.number(link.count)}`}</title>
          </path>
        )
      })}
      {drawn.nodes.map((node) => {
        const [x0, x1, y0, y1] = [node.x0 ?? 0, node.x1 ?? 0, node.y0 ?? 0, node.y1 ?? 0]
        const last = aside === 0 && node.column === columns - 1
        const middle = (y0 + y1) / 2
        const tall = Math.max(HIT, y1 - y0)
        return (
          <g key={node.id} {...pickable(node.id)}>
            {pick ? <rect x={x0 - (last ? 16 : 0)} y={middle - tall / 2} width={x1 - x0 + 16} height={tall} className={classes.hit} /> : null}
            <rect x={x0} y={y0} width={x1 - x0} height={Math.max(1, y1 - y0)} rx={2} fill={colour(node.colour)} />
            <text x={last ? x0 - 6 : x1 + 6} y={middle + 4} textAnchor={last ? 'end' : 'start'} className={classes.name}>
              {node.title} <tspan className={classes.count}>{format.number(node.value ?? 0)}</tspan>
            </text>
          </g>
        )
      })}
    </svg>
  )
}

/** How many pixels the last column leaves for its names, where they would run into those before them. */
function roomBeside(places: readonly Place[], passages: readonly Passage[], columns: number, width: number): number {
  const digits = String(passages.reduce((most, one) => Math.max(most, one.count), 0)).length + 2
  const widest = (column: number) =>
    Math.max(0, ...places.filter((place) => place.column === column).map((place) => (place.title.length + digits) * LETTER + AROUND))
  const [before, last] = [widest(columns - 2), widest(columns - 1)]
  return columns > 2 && width / (columns - 1) < before + last ? Math.round(last) : 0
}
