const [WIDTH, HEIGHT, EDGE] = [88, 24, 3]

/** A small line beside a number that says the same in words; so it is hidden from screen readers. */
export function Spark(props: { values: readonly number[] }) {
  const { values } = props
  if (values.length < 2) return null
  const low = Math.min(...values)
  const high = Math.max(...values)
  // by hand: the screens where one begins need no other part of the chart libraries
  const x = (place: number) => EDGE + (place / (values.length - 1)) * (WIDTH - 2 * EDGE)
  const y = (value: number) => HEIGHT - EDGE - ((value - low) / (high - low || 1)) * (HEIGHT - 2 * EDGE)
  const path = `M${values.map((value, place) => `${x(place).toFixed(2)},${y(value).toFixed(2)}`).join('L')}`
  return (
    <svg width={WIDTH} height={HEIGHT} aria-hidden style={{ display: 'block' }}>
      <path d={path} fill="none" stroke="var(--c1)" strokeWidth={1.5} strokeLinejoin="round" />
      <circle cx={x(values.length - 1)} cy={y(values.at(-1) ?? 0)} r={2.25} fill="var(--c1)" />
    </svg>
  )
}
