import { useQuery } from '@tanstack/react-query'
import { CalendarClock, CircleCheck, CircleDashed, CircleHelp, CircleX } from 'lucide-react'
import type { Shapes } from '@/api/client'
import { useFormat, useMessages } from '@/i18n/language'
import { explanation } from '@/segment/queries'
import { Answered, Loading } from '@/ui/States'
import { peopleMessages } from './messages'
import { said, shown, span, wordsOf } from './value'
import classes from './Why.module.css'

type Reason = Shapes['Reason']
const FEW = 3

/** Why somebody is in a segment or not: each part of the rule with its facts, and until when. */
export function Why(props: { segment: string; user: string; asOf?: string | undefined }) {
  const asked = explanation({ name: props.segment, user: props.user, as_of: props.asOf })
  const query = useQuery(asked)
  return (
    <Answered query={query} loading={<Loading lines={4} />}>
      {(found) => <Explained found={found} />}
    </Answered>
  )
}

export function Explained(props: { found: Shapes['Explanation'] }) {
  const t = useMessages(peopleMessages)
  const format = useFormat()
  const { found } = props
  if (!found.known) return <p className="quiet">{t.neverThere}</p>
  const until = found.changes_at
  const nearest = found.nearest_change
  return (
    <div className={classes.why}>
      <ul className={classes.tree}>
        <Part reason={found.because} />
      </ul>
      <div className={classes.ahead}>
        <p className={classes.line}>
          <CalendarClock size={16} aria-hidden className={classes.aheadIcon} />
          <span>
            {until !== null
              ? (found.member ? t.leaves : t.joins)(format.moment(until))
              : found.changes_at_reason?.startsWith('other')
                ? t.othersDecide
                : t.stays}
          </span>
        </p>
        {nearest && (nearest.events.length > 0 || nearest.wait_until !== until) ? (
          <p className={classes.line}>
            <CircleDashed size={16} aria-hidden className={classes.aheadIcon} />
            <span>
              <span className="quiet">{t.wouldLeave}:</span> {said(nearest.text, format)}
            </span>
          </p>
        ) : null}
      </div>
    </div>
  )
}

const VERDICTS = {
  true: { Icon: CircleCheck, word: 'met', tint: classes.met },
  false: { Icon: CircleX, word: 'notMet', tint: classes.notMet },
  unknown: { Icon: CircleHelp, word: 'unknown', tint: classes.unknown },
} as const

function Part(props: { reason: Reason }) {
  const t = useMessages(peopleMessages)
  const { reason } = props
  const { Icon, word, tint } = VERDICTS[reason.verdict as keyof typeof VERDICTS] ?? VERDICTS.unknown
  return (
    <li className={classes.part}>
      <div className={classes.head}>
        <Icon size={17} aria-hidden className={tint} />
        <div>
          <span className={classes.sentence}>{reason.sentence}</span> <span className={`${classes.word} ${tint}`}>{t[word]}</span>
          <Evidence reason={reason} />
        </div>
      </div>
      {reason.children.length > 0 ? (
        <ul className={classes.tree}>
          {reason.children.map((child, place) => (
            <Part key={place} reason={child} />
          ))}
        </ul>
      ) : null}
    </li>
  )
}

/** The facts behind a verdict: what it came to, and the events that made it so. */
function Evidence(props: { reason: Reason }) {
  const t = useMessages(peopleMessages)
  const format = useFormat()
  const { value, threshold, events, children, kind } = props.reason
  if (children.length > 0) return null
  const say = (it: unknown) => (kind === 'span' && typeof it === 'number' ? span(it, format) : shown(it, format, t))
  const told = value === null && threshold === null ? null : props.reason.rule.startsWith('did') && typeof value === 'number' ? t.times(value, format.number(value)) : threshold === null ? say(value) : t.needs(say(value), say(threshold))
  if (told === null && events.length === 0) return null
  return (
    <div className={`num ${classes.evidence}`}>
      {told}
      {events.length > 0 ? (
        <span>
          {told === null ? '' : ' · '}
          {events.slice(-FEW).map((event, place) => (
            <span key={place}>
              {place > 0 ? ', ' : ''}
              {wordsOf(event.name)} {format.day(event.at)}
            </span>
          ))}
          {events.length > FEW ? ` ${t.moreEvents(format.number(events.length - FEW))}` : ''}
        </span>
      ) : null}
    </div>
  )
}
