import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Shapes } from '@/api/client'
import { useMessages } from '@/i18n/language'
import { Card } from '@/ui/Page'
import { Answered, EmptyState, Loading } from '@/ui/States'
import { ALWAYS, firstSteps, partitionsOf, WITHIN } from './asking'
import { Barriers } from './Barriers'
import { AmongChoice, titled, WindowChoice, WordChoice } from './Choices'
import classes from './Explore.module.css'
import { FunnelBars } from './FunnelBars'
import { FunnelParts } from './FunnelParts'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { funnelFound } from './queries'
import { Steps } from './Steps'
import { useChoice } from './useChoice'

/** Where do people drop? */
export default function Funnel(props: { words: Shapes['WordsKnown'] }) {
  const t = useMessages({ en, pt })
  const { one, many, choose } = useChoice()
  const { words } = props
  const chosen = many('step')
  const steps = chosen.length > 0 ? chosen : firstSteps(words.events)
  const [segment, within, window] = [one('segment'), one('within') ?? ALWAYS, one('window') ?? ALWAYS]
  const compare = one('compare')
  const query = useQuery(
    funnelFound({
      steps,
      segment,
      within: within === ALWAYS ? null : within,
      window,
      breakdown: compare === null ? [] : [compare],
      barriers: one('barriers') !== null,
    }),
  )
  const partitions = partitionsOf(words.segments.map((known) => known.name))
  const comparable = ['', ...partitions]
  const labels = { '': t.compareNone, ...Object.fromEntries(partitions.map((name) => [name, t.whole(name.replaceAll('_', ' '))])) }
  return (
    <div className={classes.asking}>
      <Card className={classes.asked}>
        <Steps words={words} steps={steps} onChange={(next) => choose({ step: next })} />
        <div className={classes.fields}>
          <WordChoice label={t.within} value={within} words={t.withins} keys={WITHIN} onChange={(next) => choose({ within: next })} />
          <WindowChoice value={window} onChange={(next) => choose({ window: next })} />
          <AmongChoice words={words} value={segment} onChange={(next) => choose({ segment: next })} />
          {partitions.length > 0 ? <WordChoice label={t.compare} value={compare ?? ''} words={labels} keys={comparable} onChange={(next) => choose({ compare: next })} /> : null}
        </div>
      </Card>
      <div className={classes.found}>
        {steps.length < 2 ? (
          <EmptyState kind="nothing-matches" title={t.fewSteps} why={t.fewStepsWhy} />
        ) : (
          <Answered query={query} loading={<Card><Loading lines={8} height={32} /></Card>}>
            {(found) => (
              <div className={classes.answer} aria-busy={query.isPlaceholderData}>
                <Told found={found} words={words} clear={segment === null && window === ALWAYS ? undefined : () => choose({ segment: null, window: null })} />
                {found.breakdown.length > 0 ? <FunnelParts found={found} words={words} /> : null}
                {found.barriers ? (
                  <Barriers found={found.barriers} steps={found.steps} words={words} />
                ) : (found.steps[0]?.count ?? 0) > 0 ? (
                  <div>
                    <Button variant="default" size="xs" onClick={() => choose({ barriers: 'on' })}>
                      {t.barriersShow}
                    </Button>
                  </div>
                ) : null}
              </div>
            )}
          </Answered>
        )}
      </div>
    </div>
  )
}

function Told(props: { found: Shapes['FunnelFound']; words: Shapes['WordsKnown']; clear: (() => void) | undefined }) {
  const t = useMessages({ en, pt })
  const first = props.found.steps[0]
  if (first !== undefined && first.count > 0)
    return (
      <Card>
        <FunnelBars found={props.found} words={props.words} />
      </Card>
    )
  const clear = props.clear
  return (
    <Card>
      {clear === undefined ? (
        <EmptyState kind="nothing-matches" title={t.nobody(titled(props.words)(first?.step ?? ''))} why={t.nobodyWhy} />
      ) : (
        <EmptyState
          kind="filtered-away"
          title={t.away}
          why={t.awayWhy}
          action={
            <Button variant="default" size="xs" onClick={clear}>
              {t.clear}
            </Button>
          }
        />
      )}
    </Card>
  )
}
