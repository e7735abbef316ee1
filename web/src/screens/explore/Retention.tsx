import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Shapes } from '@/api/client'
import { ChartFrame } from '@/charts/ChartFrame'
import { Curve } from '@/charts/Curve'
import { useFormat, useMessages } from '@/i18n/language'
import { Card } from '@/ui/Page'
import { Answered, EmptyState, Loading } from '@/ui/States'
import { firstEvent } from './asking'
import { AmongChoice, EventChoice, WordChoice } from './Choices'
import { Cohorts } from './Cohorts'
import classes from './Explore.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { retentionFound } from './queries'
import { useChoice } from './useChoice'

type Unit = Shapes['CohortsAsked']['by']
const UNITS: readonly NonNullable<Unit>[] = ['day', 'week', 'month']
const COUNTS: Record<string, number> = { day: 14, week: 12, month: 12 }
const ANYTHING = 'anything'

/** Do they come back? */
export default function Retention(props: { words: Shapes['WordsKnown'] }) {
  const t = useMessages({ en, pt })
  const { one, choose } = useChoice()
  const { words } = props
  const [entering, segment, kept] = [one('entering'), one('segment'), one('kept') ?? '']
  const first = one('first') ?? firstEvent(words.events) ?? ''
  const by = (UNITS as readonly string[]).includes(one('by') ?? '') ? (one('by') as NonNullable<Unit>) : 'month'
  const keptRule = kept === '' ? (entering === null ? null : 'did any event') : kept === ANYTHING ? 'did any event' : `did ${kept}`
  const query = useQuery(retentionFound({ first: entering === null ? first : null, entering, kept: keptRule, by, count: COUNTS[by] ?? 12, segment }))
  const keeps = { '': entering === null ? t.keptSame : t.keptAny, ...(entering === null ? { [ANYTHING]: t.keptAny } : {}) }
  const others = words.events.filter((event) => event.rows > 0 && event.parent === null && (event.name !== first || entering !== null))
  const keptWords = { ...keeps, ...Object.fromEntries(others.map((event) => [event.name, event.title ?? event.name.replaceAll('_', ' ')])) }
  return (
    <>
      <Card>
        <div className={classes.fields}>
          <EventChoice words={words} label={t.first} value={entering === null ? first : ''} onChange={(next) => choose({ first: next, entering: null })} />
          <AmongChoice words={words} label={t.entering} placeholder={t.none} value={entering} onChange={(next) => choose({ entering: next, kept: null })} />
          <WordChoice label={t.keptBy} value={kept} words={keptWords} keys={Object.keys(keptWords)} onChange={(next) => choose({ kept: next })} />
          <WordChoice label={t.period} value={by} words={t.periods} keys={UNITS} onChange={(next) => choose({ by: next })} />
          <AmongChoice words={words} value={segment} onChange={(next) => choose({ segment: next })} />
        </div>
      </Card>
      <Answered query={query} loading={<Card><Loading lines={10} height={28} /></Card>}>
        {(found) => (
          <div className={classes.answer} aria-busy={query.isPlaceholderData}>
            {found.people > 0 ? (
              <Kept found={found} />
            ) : (
              <Card>
                {segment === null ? (
                  <EmptyState kind="nothing-matches" title={t.nobodyBegan} why={t.nobodyBeganWhy} action={by === 'month' ? undefined : <Button variant="default" size="xs" onClick={() => choose({ by: 'month' })}>{t.longer}</Button>} />
                ) : (
                  <EmptyState kind="filtered-away" title={t.away} why={t.awayWhy} action={<Button variant="default" size="xs" onClick={() => choose({ segment: null })}>{t.clear}</Button>} />
                )}
              </Card>
            )}
          </div>
        )}
      </Answered>
    </>
  )
}

function Kept(props: { found: Shapes['RetentionFound'] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { found } = props
  const points = found.curve.flatMap(({ after, share, low, high }) => (share === null || low === null || high === null ? [] : [{ after, share, low, high }]))
  const when = (after: number) => t.numbered[found.by]?.(String(after)) ?? String(after)
  const told = points[Math.min(points.length - 1, 3)]
  const finding = told === undefined || told.after === 0 ? t.retainedUnknown : t.retained(format.percent(told.share), when(told.after).toLocaleLowerCase(format.locale))
  const part = (share: number | null) => (share === null ? t.none : format.percent(share))
  const rows = found.curve.map((one) => [when(one.after), one.size, one.kept, part(one.share), part(one.low), part(one.high)])
  return (
    <>
      <Card>
        <ChartFrame title={finding} subtitle={t.retainedSub(format.number(found.people))} table={{ columns: t.curveTable, rows: points.length === 0 ? [] : rows }}>
          {(width) => <Curve points={points} width={width} label={finding} tick={when} />}
        </ChartFrame>
      </Card>
      <Cohorts found={found} when={when} />
    </>
  )
}
