import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { Problem, type Shapes } from '@/api/client'
import { useFormat, useMessages } from '@/i18n/language'
import { Card, Section } from '@/ui/Page'
import { Answered, Failed, Loading } from '@/ui/States'
import { predictionMessages } from './messages'
import classes from './Predictions.module.css'
import { personPredicted, predictionList, type Row } from './queries'
import { useScore } from './useJudged'

/** What somebody will probably do: each fitted prediction's score, how sure it is, and what makes it. */
export default function ForOne(props: { facts: Shapes['PersonFacts']; asOf: string | undefined }) {
  const t = useMessages(predictionMessages)
  const list = useQuery(predictionList)
  const known = list.data?.predictions ?? []
  if (list.data !== undefined && known.length === 0) return null // nothing is to be predicted here
  const fitted = known.filter((one) => one.model !== null)
  const scored = new Set(props.facts.traits.filter((one) => one.value !== null).map((one) => one.name))
  return (
    <Section title={t.theirs} lead={t.theirsLead}>
      <Card flush>
        <Answered query={list} loading={<div className={classes.one}><Loading lines={3} /></div>}>
          {() =>
            fitted.length === 0 ? (
              <p className={classes.none}>
                {t.noneFitted} <Link href="/predictions">{t.seeAll}</Link>
              </p>
            ) : (
              <ul className={classes.list}>
                {fitted.map((one) => (
                  <li key={one.name} className={classes.one}>
                    <Link href={`/predictions/${encodeURIComponent(one.name)}`} className={classes.title}>
                      {one.title ?? one.name}
                    </Link>
                    {scored.has(one.name) ? <Score row={one} user={props.facts.user_id} asOf={props.asOf} /> : <span className="quiet small">{t.notScored}</span>}
                  </li>
                ))}
              </ul>
            )
          }
        </Answered>
      </Card>
    </Section>
  )
}

function Score(props: { row: Row; user: string; asOf: string | undefined }) {
  const t = useMessages(predictionMessages)
  const format = useFormat()
  const say = useScore()
  const { row } = props
  const found = useQuery(personPredicted({ name: row.name, user: props.user, as_of: props.asOf }))
  if (found.error instanceof Problem && found.error.status === 404) return <span className="quiet small">{t.notAbout}</span>
  if (found.data === undefined) return found.error ? <Failed error={found.error} retry={() => void found.refetch()} /> : <Loading lines={2} />
  const { score, low, high, model, model_as_of, kept } = found.data
  const isKept = kept !== null && Math.abs(kept.score - score) < 1e-9
  return (
    <>
      <div className={`num ${classes.score}`}>
        <span className={classes.value}>{say(score, row.of)}</span>
        <span className="quiet small">{t.interval(say(low, row.of), say(high, row.of))}</span>
      </div>
      {row.of === 'chance' ? (
        <div className={classes.track} aria-hidden>
          <div className={classes.range} style={{ insetInlineStart: `${100 * low}%`, width: `${100 * (high - low)}%` }} />
          <div className={classes.point} style={{ insetInlineStart: `${100 * score}%` }} />
        </div>
      ) : null}
      <div className="quiet tiny">{t.by(model, format.day(model_as_of))}</div>
      {kept === null || isKept ? null : (
        <div className="quiet tiny">
          {t.byNow} {t.keptScore(say(kept.score, row.of), format.day(kept.as_of))}
        </div>
      )}
      <details className={classes.why}>
        <summary aria-label={t.reasonsOf(row.title ?? row.name)}>{t.reasons}</summary>
        <ul className={`num ${classes.reasons}`}>
          {found.data.reasons.map((one) => (
            <li key={one.feature} className={classes.reason}>
              <span>
                {one.title}: <span className={classes.reasonValue}>{one.value}</span>
              </span>
              <Adds adds={one.adds} points={one.points} />
            </li>
          ))}
          {found.data.others === 0 ? null : (
            <li className={classes.reason}>
              <span className="quiet">{t.rest}</span>
              <Adds adds={found.data.others} points={null} />
            </li>
          )}
        </ul>
      </details>
    </>
  )
}

/** Which way something moves the score, in a shape and words; by how many points where it is a chance. */
function Adds(props: { adds: number; points: number | null }) {
  const t = useMessages(predictionMessages)
  const format = useFormat()
  const isUp = props.adds > 0
  return (
    <span className={isUp ? classes.up : classes.down}>
      <span aria-hidden>{isUp ? '▲ ' : '▼ '}</span>
      {props.points === null ? null : `${t.points(format.signed(Math.round(props.points * 1000) / 10))}, `}
      {isUp ? t.raises : t.lowers}
    </span>
  )
}
