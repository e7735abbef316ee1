import { Link } from 'wouter'
import type { Shapes } from '@/api/client'
import { useFormat, useMessages } from '@/i18n/language'
import { Card, Section } from '@/ui/Page'
import { builderOf } from './asking'
import { titled } from './Choices'
import classes from './Explore.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

/** What those did who dropped, beside those who went on; every number is a rule, too. */
export function Barriers(props: { found: readonly Shapes['Barrier'][]; steps: readonly Shapes['FunnelStep'][]; words: Shapes['WordsKnown'] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const title = titled(props.words)
  const special = (name: string) => t.special[name] ?? title(name)
  // who dropped cannot have come to a later step: that they did it less says nothing
  const apart = (place: number) => (row: { event: string }) => !props.steps.slice(place + 2).some((step) => step.step.split(' ')[0] === row.event)
  const share = (part: number | null) => (part === null ? t.none : format.percent(part))
  return (
    <Section title={t.barriers} lead={t.barriersLead}>
      {props.found.map((one, place) => (
        <Card key={one.step}>
          <h3 className={classes.small}>{t.after(title(one.step))}</h3>
          <div className={classes.sides}>
            <div>
              <h4>{t.nextDone}</h4>
              <ul>
                {one.next.map((next) => (
                  <li key={next.event}>
                    {special(next.event)} <span className="num quiet">{share(next.share)}</span>
                  </li>
                ))}
              </ul>
            </div>
            {([['didMore', one.did_more.filter(apart(place))], ['didLess', one.did_less.filter(apart(place))]] as const).map(([key, rows]) => (
              <div key={key}>
                <h4>{t[key]}</h4>
                {rows.length === 0 ? <p className="quiet small">{t.nothingApart}</p> : null}
                <ul>
                  {rows.map((row) => (
                    <li key={row.event}>
                      <Link href={builderOf(row.rule)}>{t.more(title(row.event), share(row.dropped_share), share(row.went_on_share))}</Link>
                    </li>
                  ))}
                </ul>
              </div>
            ))}
          </div>
        </Card>
      ))}
    </Section>
  )
}
