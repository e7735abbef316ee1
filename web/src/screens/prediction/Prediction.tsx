import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy } from 'react'
import { useParams } from 'wouter'
import { whoAmI } from '@/api/queries'
import { decoded } from '@/app/address'
import { useFormat, useMessages } from '@/i18n/language'
import { predictionMessages } from '@/predictions/messages'
import { begin, predictionShown, type Step, type Told } from '@/predictions/queries'
import { TrustMark } from '@/predictions/TrustMark'
import { useJudged } from '@/predictions/useJudged'
import { Working } from '@/predictions/Working'
import { Back } from '@/ui/Back'
import { OneThing } from '@/ui/OneThing'
import { Card, Page } from '@/ui/Page'
import { Parts, usePart } from '@/ui/Parts'
import { Said } from '@/ui/Said'
import { Stat, Stats } from '@/ui/Stat'
import { Failed } from '@/ui/States'
import { en } from './messages.en'
import { pt } from './messages.pt'
import classes from './Prediction.module.css'
import { Trusted } from './Trusted'

const Scores = lazy(() => import('./Scores'))
const Definition = lazy(() => import('./Definition'))

const PARTS = ['trust', 'scores', 'definition'] as const

/** How far can this prediction be trusted, and what to do with it? */
export default function Prediction() {
  const t = useMessages({ en, pt })
  const { name: given } = useParams<{ name: string }>()
  const name = decoded(given)
  const shown = useQuery(predictionShown(name))
  const above = <Back to="/predictions">{t.back}</Back>
  return (
    <OneThing name={name} query={shown} above={above}>
      {(found) => (
        <Page title={upper(found.title ?? name)} lead={<Lead told={found} />} above={above}>
          <Working work={found.work} titleOf={(it) => (it === name ? (found.title ?? name) : it)} />
          <Verdict told={found} />
          <Numbers told={found} />
          <PredictionParts told={found} />
        </Page>
      )}
    </OneThing>
  )
}

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

function Lead(props: { told: Told }) {
  const t = useMessages({ en, pt })
  const { told } = props
  return (
    <>
      {told.sentence} {told.population_sentence === null ? null : t.about(told.population_sentence)}
      {told.why === null ? null : <div>{told.why}</div>}
    </>
  )
}

/** How far it can be trusted, in words; what speaks against it; what can be done next. */
function Verdict(props: { told: Told }) {
  const t = useMessages({ en, pt })
  const judged = useJudged()
  const { told } = props
  const { refusal } = told
  const warnings = [...new Set([...(told.fit?.warnings ?? []), ...(told.test?.warnings ?? [])])]
  return (
    <Card className={classes.verdict}>
      <div className={classes.verdictHead}>
        <TrustMark row={told} large />
        <Steps told={told} />
      </div>
      {refusal !== null && refusal.missing !== null && told.model === null ? (
        <TooFew refusal={refusal} />
      ) : (
        <p>
          <Said>{judged(told)}</Said>
        </p>
      )}
      {warnings.length === 0 ? null : (
        <ul className={classes.warnings} aria-label={t.warnings}>
          {warnings.map((one) => (
            <li key={one}>
              <Said whole>{one}</Said>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

/** Why it refuses: how many there are, how many more are needed, and what to go by until then. */
function TooFew(props: { refusal: NonNullable<Told['refusal']> }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { refusal } = props
  const [there, needed] = [refusal.there ?? 0, refusal.needed ?? 1]
  return (
    <>
      <div className={`num ${classes.short}`}>{t.needed(format.number(refusal.missing ?? 0))}</div>
      <div className={classes.fill} role="img" aria-label={`${t.enough}: ${format.number(there)} / ${format.number(needed)}`}>
        <div style={{ width: `${(100 * there) / needed}%` }} />
      </div>
      <p>{t.there(format.number(there), format.number(needed), format.number(refusal.people ?? 0))}</p>
      {refusal.share === null ? null : <p className="quiet">{t.until(format.percent(refusal.share))}</p>}
    </>
  )
}

function Steps(props: { told: Told }) {
  const t = useMessages({ en, pt })
  const words = useMessages(predictionMessages)
  const client = useQueryClient()
  const me = useQuery(whoAmI)
  const { told } = props
  const { work } = told
  const beginning = useMutation({
    mutationFn: (step: Step) => begin(told.name, step),
    onSettled: () => client.invalidateQueries({ queryKey: ['predictions'] }),
  })
  if (me.data && !me.data.actions.includes('define')) return <p className="quiet small">{t.mayNot}</p>
  const isBusy = work?.state === 'running' || beginning.isPending
  const first: Step | null = told.model === null || told.status !== 'fitted' ? 'fit' : told.test === null ? 'backtest' : told.scores === null ? 'score' : null
  const steps: readonly Step[] = told.model === null ? ['fit', 'backtest'] : ['fit', 'score', 'backtest']
  const isDone = { fit: told.model !== null, score: told.scores !== null, backtest: told.test !== null }
  const isOver = work?.state === 'failed' && work.subject === told.name
  const failed = isOver && told.refusal === null && !(work.kind === 'backtest' && told.test_refusal !== null) ? work.problem : null
  return (
    <div className="no-print">
      <div className={classes.buttons}>
        {steps.map((step) => (
          <Button
            key={step}
            size="xs"
            variant={step === first ? 'filled' : 'default'}
            loading={(work?.state === 'running' && work.subject === told.name && work.kind === step) || (beginning.isPending && beginning.variables === step)}
            disabled={isBusy}
            onClick={() => beginning.mutate(step)}
          >
            {(isDone[step] ? words.again : words.steps)[step]}
          </Button>
        ))}
      </div>
      {beginning.error ? <Failed error={beginning.error} /> : null}
      {isOver && work.is_cancelled ? (
        <p role="status">{t.cancelled}</p>
      ) : failed ? (
        <p role="alert">
          {t.failed}: <Said>{[failed.title, failed.detail].filter(Boolean).join('; ')}</Said>
        </p>
      ) : null}
    </div>
  )
}

function Numbers(props: { told: Told }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { told } = props
  const { test, scores } = told
  if (test === null && scores === null) return null
  const recency = test?.baselines.recency
  const pairs = (it: number) => format.percent(Math.round(it * 100) / 100)
  const beside = (it: number | null | undefined, say: (it: number) => string) => (it == null ? t.noRecency : t.recency(say(it)))
  return (
    <Stats>
      {test?.auc == null ? null : <Stat label={t.ranks} value={pairs(test.auc)} note={beside(recency?.auc, pairs)} />}
      {test?.rank_correlation == null ? null : <Stat label={t.agrees} value={format.number(test.rank_correlation)} note={beside(recency?.rank_correlation, format.number)} />}
      {test?.ece == null ? null : <Stat label={t.off} value={t.points(format.number(Math.round(test.ece * 1000) / 10))} note={t.offNote} />}
      {test?.mae == null ? null : <Stat label={t.miss} value={format.money(test.mae)} note={t.missNote(format.money(test.said_total ?? 0), format.money(test.came_total ?? 0))} />}
      {test?.top_decile == null ? null : <Stat label={t.tenth} value={format.percent(test.top_decile)} note={t.tenthNote(format.number(Math.round(test.top_decile * 100) / 10))} />}
      <Stat label={t.scored} value={scores === null ? '–' : format.number(scores.people)} note={scores === null ? t.never : t.scoredNote(format.day(scores.as_of))} />
    </Stats>
  )
}

function PredictionParts(props: { told: Told }) {
  const t = useMessages({ en, pt })
  const { told } = props
  const [part, choose] = usePart(PARTS, 'trust', true)
  return (
    <Parts label={t.parts} names={t.tabs} shown={PARTS} part={part} choose={choose}>
      {part === 'trust' ? <Trusted told={told} /> : part === 'scores' ? <Scores told={told} /> : <Definition told={told} />}
    </Parts>
  )
}
