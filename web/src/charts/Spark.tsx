import { scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'

const [WIDTH, HEIGHT, EDGE] = [88, 24, 3]

/** A small line beside a number that says the same in words; so it is hidden from screen readers. */
export function Spark(props: { values: readonly number[] }) {
  const { values } = props
  if (values.length < 2) return null
  const low = Math.min(...values)
  const high = Math.max(...values)
  const x = scaleLinear([0, values.length - 1], [EDGE, WIDTH - EDGE])
  const y = scaleLinear([low, high === low ? low + 1 : high], [HEIGHT - EDGE, EDGE])
  const path = line<number>((_, place) => x(place), (value) => y(value))(values as number[]) ?? ''
  return (
    <svg width={WIDTH} height={HEIGHT} aria-hidden style={{ display: 'block' }}>
      <path d={path} fill="none" stroke="var(--c1)" strokeWidth={1.5} strokeLinejoin="round" />
      <circle cx={x(values.length - 1)} cy={y(values.at(-1) ?? 0)} r={2.25} fill="var(--c1)" />
    </svg>
  )
}
