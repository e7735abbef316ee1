import type { Shapes } from '@/api/client'
import { useFormat, useMessages } from '@/i18n/language'
import type { Told } from '@/predictions/queries'
import { Card, Section } from '@/ui/Page'
import { Said } from '@/ui/Said'
import { EmptyState } from '@/ui/States'
import { Calibration } from './Calibration'
import { Held } from './Held'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { OverTime } from './OverTime'
import classes from './Prediction.module.css'

export type Test = Shapes['TestTold']

/** What was said at past times beside what came, and what has changed since. */
export function Trusted(props: { told: Told }) {
  const t = useMessages({ en, pt })
  const { told } = props
  const { test } = told
  return (
    <>
      {test === null ? (
        <NotTested told={told} />
      ) : (
        <div className={classes.charts}>
          <Card className={classes.slot}>
            <OverTime test={test} of={told.of} />
          </Card>
          <Card className={classes.slot}>
            <Calibration test={test} of={told.of} />
          </Card>
          <Card className={classes.slot}>
            <Held test={test} of={told.of} />
          </Card>
          <Card className={classes.slot}>
            <Drift told={told} />
          </Card>
        </div>
      )}
      {told.fit === null ? null : (
        <Section title={t.features} lead={t.featuresLead}>
          <Card>
            <Features features={told.fit.features} />
          </Card>
        </Section>
      )}
    </>
  )
}

function NotTested(props: { told: Told }) {
  const t = useMessages({ en, pt })
  const refused = props.told.test_refusal
  return refused === null ? (
    <EmptyState kind="nothing-yet" title={t.notTested} why={t.notTestedWhy} />
  ) : (
    <EmptyState kind="nothing-yet" title={t.cannotTest} why={<Said>{[refused.message, refused.hint].filter(Boolean).join('; ')}</Said>} />
  )
}

function Features(props: { features: readonly Shapes['FeatureTold'][] }) {
  const format = useFormat()
  const most = Math.max(...props.features.map((one) => one.share), 1e-9)
  return (
    <ul className={classes.features}>
      {props.features.map((one) => (
        <li key={one.name} className={classes.feature}>
          <span title={one.name}>{one.title}</span>
          <span className={`num ${classes.end}`}>{format.percent(one.share)}</span>
          <div className={classes.featureTrack} aria-hidden>
            <div className={classes.featureBar} style={{ width: `${(100 * one.share) / most}%` }} />
          </div>
        </li>
      ))}
    </ul>
  )
}

function Drift(props: { told: Told }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { scores, fit, test } = props.told
  const drift = scores?.drift
  const notes = fit?.notes ?? test?.notes ?? []
  return (
    <div className={classes.drift}>
      <strong>{t.drift}</strong>
      <p>{drift?.words ?? t.driftNone}</p>
      {drift && drift.moved.length > 0 ? (
        <>
          <div>
            <div className="quiet small">
              {t.moved}. {t.movedLead(format.number(drift.limit))}
            </div>
          </div>
          <ul className={`num ${classes.moved}`}>
            {drift.moved.slice(0, 6).map((one) => (
              <li key={one.feature}>
                <span>{one.title}</span>
                <span>{t.movedBy(format.number(one.psi))}</span>
              </li>
            ))}
            {drift.count > 6 ? <li className="quiet">{t.moreMoved(format.number(drift.count - 6))}</li> : null}
          </ul>
        </>
      ) : null}
      {notes.length === 0 ? null : (
        <>
          <strong>{t.notes}</strong>
          <ul className={classes.notes}>
            {notes.map((one) => (
              <li key={one}>
                <Said whole>{one}</Said>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
