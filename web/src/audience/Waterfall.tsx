import { type ReactNode, useState } from 'react'
import { ChartFrame } from '@/charts/ChartFrame'
import { useFormat, useMessages } from '@/i18n/language'
import { Sheet } from '@/ui/Sheet'
import classes from './Audience.module.css'
import { audienceMessages } from './messages'
import { People } from './People'
import type { AudienceAsked } from './queries'
import { type Counts, greatestStop, type Step, stepsOf } from './waterfall'

/** From those matched to those who may be written to. With `asked`, who they are can be listed. */
export function Waterfall(props: { counts: Counts; subtitle?: ReactNode; asked?: AudienceAsked; title?: string }) {
  const t = useMessages(audienceMessages)
  const format = useFormat()
  const [listed, list] = useState<Step | null>(null)
  const { counts, asked } = props
  const steps = stepsOf(counts)
  const share = (count: number) => (counts.matched === 0 ? '–' : format.percent(count / counts.matched))
  const most = greatestStop(steps)
  const title = counts.matched === 0 ? t.nobody : t.found(format.number(counts.sendable), format.number(counts.matched))
  const said = most === undefined ? t.nobodyStopped : t.most(t.steps[most.name], format.number(most.count))
  return (
    <>
      <ChartFrame
        title={props.title ?? title}
        subtitle={<>{counts.matched === 0 ? null : said} {props.subtitle}</>}
        table={{ columns: t.table, rows: steps.map((one) => [t.steps[one.name], one.goes ? -one.count : one.count, share(one.count)]) }}
      >
        {() => (
          <ol className={classes.falls}>
            {steps.map((one) => (
              <li key={one.name} className={`${classes.step} ${one.goes ? classes.goes : ''}`} data-step={one.name}>
                <span className={classes.name}>{t.steps[one.name]}</span>
                <span className={`num ${classes.number}`}>
                  {one.goes ? '− ' : ''}
                  {asked && one.count > 0 ? (
                    <button type="button" className={classes.list} aria-label={t.list(t.steps[one.name], format.number(one.count))} onClick={() => list(one)}>
                      {format.number(one.count)}
                    </button>
                  ) : (
                    <span>{format.number(one.count)}</span>
                  )}{' '}
                  <span className={`quiet tiny ${classes.share}`}>{share(one.count)}</span>
                </span>
                <Bar step={one} of={counts.matched} />
              </li>
            ))}
          </ol>
        )}
      </ChartFrame>
      {asked ? (
        <Sheet opened={listed !== null} close={() => list(null)} title={listed === null ? '' : t.steps[listed.name]}>
          {listed === null ? null : <People asked={asked} states={listed.states} label={t.steps[listed.name]} />}
        </Sheet>
      ) : null}
    </>
  )
}

function Bar(props: { step: Step; of: number }) {
  const { step, of } = props
  const part = (count: number) => `${of === 0 ? 0 : (100 * count) / of}%`
  const names = [classes.bar, step.count === 0 ? classes.none : '', step.name === 'sendable' ? classes.end : '']
  return (
    <div className={classes.track} aria-hidden>
      <div className={names.join(' ')} style={{ marginInlineStart: part(step.from), inlineSize: part(step.to - step.from) }} />
    </div>
  )
}
