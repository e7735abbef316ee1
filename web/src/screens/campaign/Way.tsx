import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { whoAmI } from '@/api/queries'
import { campaignMessages } from '@/campaigns/messages'
import { check, step } from '@/campaigns/queries'
import { actionsFrom, reachedBy } from '@/campaigns/way'
import { type Campaign, type Checked, type StepAction, STATES } from '@/campaigns/shapes'
import { useFormat, useMessages } from '@/i18n/language'
import { Dialog } from '@/ui/Dialog'
import { Card, Section } from '@/ui/Page'
import { Said } from '@/ui/Said'
import { Failed } from '@/ui/States'
import classes from './Campaign.module.css'
import { FitList } from './FitList'
import { en } from './messages.en'
import { pt } from './messages.pt'

/** From draft to done: who did which step and when, and what can be done next. */
export function Way(props: { campaign: Campaign; sendable: number | undefined }) {
  const t = useMessages({ en, pt })
  const names = useMessages(campaignMessages)
  const format = useFormat()
  const client = useQueryClient()
  const { campaign } = props
  const me = useQuery(whoAmI)
  const [asked, ask] = useState<StepAction | null>(null)
  const follow = () => client.invalidateQueries({ queryKey: ['campaigns'] })
  const checking = useMutation({ mutationFn: () => check(campaign.name), onSuccess: follow })
  const way = useRef<HTMLOListElement>(null)
  // What was asked meanwhile stays open: only the question of this very step is answered by it.
  const answered = (action: StepAction) => ask((open) => (open === action ? null : open))
  const stepping = useMutation({
    mutationFn: (action: StepAction) => step(campaign.name, action),
    onError: (_error, action) => answered(action),
    onSuccess: async (_done, action) => {
      answered(action)
      await follow()
      // The button that was pressed is gone by now: the keyboard goes on from where the campaign stands.
      if (document.activeElement === document.body) way.current?.focus()
      await client.invalidateQueries({ queryKey: ['audience'] })
    },
  })
  const act = (action: StepAction | 'check') => {
    stepping.reset()
    if (action === 'check') checking.mutate()
    else if (action === 'start' || action === 'stop') ask(action)
    else stepping.mutate(action)
  }
  const at = STATES.indexOf(campaign.state)
  const [first, ...others] = me.data?.actions.includes('define') ? actionsFrom(campaign.state, campaign.is_changed) : []
  const button = (action: StepAction | 'check', variant: 'filled' | 'default') => (
    <Button key={action} variant={variant} loading={action === 'check' ? checking.isPending : stepping.isPending && stepping.variables === action} onClick={() => act(action)}>
      {t.actions[action]}
    </Button>
  )
  return (
    <Section title={t.way}>
      <Card className={classes.card}>
        <ol className={classes.way} ref={way} tabIndex={-1}>
          {STATES.map((state, place) => {
            const done = reachedBy(campaign.log, state)
            const isPast = place < at && (state !== 'paused' || done !== undefined)
            return (
              <li key={state} aria-current={place === at ? 'step' : undefined} data-past={isPast || undefined}>
                <div className={classes.stateName}>{names.states[state]}</div>
                {done === undefined || place > at ? null : <div className={classes.who}>{t.by(done.actor, format.moment(done.at))}</div>}
              </li>
            )
          })}
        </ol>
        {first === undefined ? null : (
          <div className={classes.buttons}>
            {button(first, 'filled')}
            {others.map((one) => button(one, 'default'))}
          </div>
        )}
        {stepping.error ? <Failed error={stepping.error} /> : null}
        {checking.error ? <Failed error={checking.error} /> : null}
        {checking.data === undefined ? null : <Found checked={checking.data} />}
      </Card>
      {asked === null ? null : (
        <Dialog close={() => ask(null)} title={t.actions[asked]}>
          <p>{asked === 'stop' ? t.ask.stop : t.ask.start(props.sendable === undefined ? t.none : format.number(props.sendable))}</p>
          <div className={classes.buttons}>
            <Button color={asked === 'stop' ? 'red' : undefined} loading={stepping.isPending} onClick={() => stepping.mutate(asked)}>
              {t.actions[asked]}
            </Button>
            <Button variant="default" onClick={() => ask(null)} data-autofocus>
              {t.keep}
            </Button>
          </div>
        </Dialog>
      )}
    </Section>
  )
}

function Found(props: { checked: Checked }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { problems, warnings, settings, fit, holdout } = props.checked
  const isFine = problems.length + warnings.length + settings.length === 0
  return (
    <div role="status" className={classes.card}>
      <h3>{t.checked}</h3>
      {isFine ? <p style={{ margin: 0 }}>{t.fine}</p> : null}
      <Sentences title={t.problems} of={problems.map((one) => [one.message, one.hint])} />
      <Sentences title={t.warnings} of={warnings.map((one) => [one.message, one.hint])} />
      <Sentences title={t.settings} of={settings.map((one) => [one, null])} />
      {problems.length === 0 ? (
        <div>
          <h3>{t.fit}</h3>
          <FitList fit={fit} />
        </div>
      ) : null}
      {holdout === null ? null : (
        <p style={{ margin: 0 }}>
          {t.holdout(format.percent(holdout.share))} {holdout.smallest_effect === null ? null : t.smallest(format.number(100 * holdout.smallest_effect))}{' '}
          <span className="quiet">({holdout.because})</span>
        </p>
      )}
    </div>
  )
}

function Sentences(props: { title: string; of: readonly (readonly [string, string | null])[] }) {
  if (props.of.length === 0) return null
  return (
    <div>
      <h3>{props.title}</h3>
      <ul className={classes.found}>
        {props.of.map(([message, hint]) => (
          <li key={message}>
            <Said>{message}</Said>
            {hint ? <p className="quiet small"><Said>{hint}</Said></p> : null}
          </li>
        ))}
      </ul>
    </div>
  )
}
