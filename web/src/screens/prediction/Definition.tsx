import type { ReactNode } from 'react'
import { useFormat, useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import type { Told } from '@/predictions/queries'
import { spanOf } from '@/segment/filters'
import { Card } from '@/ui/Page'
import { Said } from '@/ui/Said'
import { en } from './messages.en'
import { pt } from './messages.pt'
import classes from './Prediction.module.css'

const UNITS: Record<string, string> = { m: 'minute', h: 'hour', d: 'day', w: 'week', mo: 'month', y: 'year' }

/** `90d` as people say it. */
function ahead(span: string, locale: string): string {
  const { count, unit } = spanOf(span)
  return new Intl.NumberFormat(locale, { style: 'unit', unit: UNITS[unit] ?? 'day', unitDisplay: 'long' }).format(count)
}

/** What the file says, and the model that was made of it. */
export default function Definition(props: { told: Told }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { told } = props
  const { definition, fit } = told
  const codes = (some: readonly string[]) =>
    some.map((one) => (
      <div key={one}>
        <code>{one}</code>
      </div>
    ))
  const rows: readonly (readonly [string, ReactNode])[] = [
    [t.target, <code key="t">{told.target}</code>],
    [t.population, told.population === null ? t.everyone : <code key="p">{told.population}</code>],
    ...(told.purpose === null ? [] : [[t.purpose, wordsOf(told.purpose)] as const]),
    [t.horizon, ahead(told.horizon, format.locale)],
    [t.refresh, t.refreshes[told.refresh]],
    [t.listed, definition.features.length === 0 ? t.found : codes(definition.features)],
    ...(definition.without.length === 0 ? [] : [[t.without, codes(definition.without)] as const]),
    ...(definition.sensitive_because === null ? [] : [[t.sensitive, definition.sensitive_because] as const]),
    ...(definition.file === null ? [] : [[t.file, <code key="f">{definition.file + (definition.line === null ? '' : `:${definition.line}`)}</code>] as const]),
    [
      t.model,
      fit === null || told.model === null ? (
        t.nothing
      ) : (
        <>
          <div>
            <code>{told.model}</code> · {told.model_as_of === null ? null : format.moment(told.model_as_of)} · {t.dataVersion(told.data_version ?? '')}
          </div>
          <div>
            <Said>{t.kept(t.kinds[fit.kind as keyof typeof t.kinds] ?? fit.kind, fit.why)}</Said>
          </div>
          <div>
            {t.learned(format.number(fit.n), format.number(fit.cutoffs.length))} ({format.list(fit.cutoffs.map((it) => format.day(it)))}); {t.positives(format.number(fit.positives))}
          </div>
        </>
      ),
    ],
  ]
  return (
    <Card>
      <dl className={classes.facts}>
        {rows.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}
