import { CircleAlert, CircleCheck, CircleHelp, type LucideIcon, TriangleAlert } from 'lucide-react'
import classes from './Data.module.css'

const SHAPES: Record<string, LucideIcon> = { good: CircleCheck, careful: TriangleAlert, poor: CircleAlert }

/** How good something is: a shape, a word, a colour. */
export function VerdictMark(props: { verdict: string; words: string }) {
  const Shape = SHAPES[props.verdict] ?? CircleHelp
  return (
    <span className={`${classes.verdict} ${classes[props.verdict] ?? classes.unknown}`}>
      <Shape size={16} aria-hidden />
      {props.words}
    </span>
  )
}
