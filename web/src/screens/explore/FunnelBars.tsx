import { Link } from 'wouter'
import type { Shapes } from '@/api/client'
import { ChartFrame } from '@/charts/ChartFrame'
import { useFormat, useMessages } from '@/i18n/language'
import { span } from '@/people/value'
import { builderOf } from './asking'
import { titled } from './Choices'
import classes from './Explore.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

type Step = Shapes['FunnelStep']

/** Step by step: how many came, how many went no further, and who they are. */
export function FunnelBars(props: { found: Shapes['FunnelFound']; words: Shapes['WordsKnown'] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { steps } = props.found
  const title = titled(props.words)
  const first = steps[0]?.count ?? 0
  const last = steps.at(-1)
  const worst = steps.reduce<Step | undefined>((most, one) => ((one.dropped ?? 0) > (most?.dropped ?? 0) ? one : most), undefined)
  const finding =
    last === undefined || worst === undefined
      ? t.funnelWhole(title(last?.step ?? ''))
      : t.funnelFound(format.percent(last.of_first ?? 0), title(last.step), title(worst.step))
  const share = (part: number | null) => (part === null ? t.none : format.percent(part))
  const time = (seconds: number | null | undefined) => (seconds == null ? t.none : span(seconds, format))
  const rows = steps.map((one) => [title(one.step), one.count, share(one.of_first), share(one.of_previous), time(one.median_seconds)])
  return (
    <ChartFrame title={finding} subtitle={t.funnelSub(format.number(first))} table={{ columns: t.stepTable, rows }}>
      {() => (
        <ol className={classes.funnel}>
          {steps.map((one, place) => (
            <li key={`${place} ${one.step}`}>
              <div className={classes.stepHead}>
                <Link href={builderOf(one.rule)} aria-label={t.whoCame(title(one.step))} className={classes.stepName}>
                  {title(one.step)}
                </Link>
                <span className="num">
                  <strong>{format.number(one.count)}</strong> <span className="quiet">{share(one.of_first)}</span>
                </span>
              </div>
              <div className={classes.track}>
                <div className={classes.bar} style={{ inlineSize: `${100 * (one.of_first ?? 0)}%` }} />
              </div>
              <Gone step={one} next={steps[place + 1]} name={title(one.step)} />
            </li>
          ))}
        </ol>
      )}
    </ChartFrame>
  )
}

function Gone(props: { step: Step; next: Step | undefined; name: string }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { step, next } = props
  if (next === undefined || step.dropped === null || step.dropped_rule === null) return null
  const half = next.median_seconds === null ? [] : [t.half(span(next.median_seconds, format))]
  const waiting = step.in_time ? [t.stillTime(format.number(step.in_time))] : []
  return (
    <p className={classes.gone}>
      <span aria-hidden>▼ </span>
      {step.dropped === 0 ? null : (
        <Link href={builderOf(step.dropped_rule)} aria-label={t.whoDropped(props.name)}>
          {t.dropped(format.number(step.dropped), format.percent(step.dropped / Math.max(1, step.count)))}
        </Link>
      )}
      {[...waiting, ...half].map((said, place) => (
        <span key={said}>
          {place === 0 && step.dropped === 0 ? '' : ' · '}
          {said}
        </span>
      ))}
    </p>
  )
}
