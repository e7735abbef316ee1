import { CircleAlert, CircleCheck, CircleHelp, type LucideIcon, TriangleAlert } from 'lucide-react'
import { useMessages } from '@/i18n/language'
import { predictionMessages } from './messages'
import classes from './Predictions.module.css'
import { type Judged, TONES, trustOf } from './trust'

const SHAPES: Record<string, LucideIcon> = { good: CircleCheck, careful: TriangleAlert, poor: CircleAlert, unknown: CircleHelp }

/** How far a prediction can be trusted: a shape, words, a colour. */
export function TrustMark(props: { row: Judged; large?: boolean }) {
  const t = useMessages(predictionMessages)
  const trust = trustOf(props.row)
  const Shape = SHAPES[TONES[trust]] ?? CircleHelp
  return (
    <span className={`${classes.mark} ${classes[TONES[trust]]} ${props.large ? classes.large : ''}`}>
      <Shape size={props.large ? 19 : 16} aria-hidden />
      {t.verdicts[trust]}
    </span>
  )
}
