import { Link } from 'wouter'
import type { Shapes } from '@/api/client'
import { useFormat, useMessages } from '@/i18n/language'
import { Card, Section } from '@/ui/Page'
import { builderOf } from './asking'
import classes from './Explore.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

/** How much of the accent a cell in which everybody was kept has; text stays readable on it. */
const DEEPEST = 40

/** Cohorts by what they did in each period after: a table; a cell is the people in it, as a rule. */
export function Cohorts(props: { found: Shapes['RetentionFound']; when: (after: number) => string }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { cohorts } = props.found
  const widest = Math.max(...cohorts.map((cohort) => cohort.kept.length))
  return (
    <Section title={t.cohorts} lead={t.cohortsLead}>
      <Card>
        <div className={`${classes.scroll} slides`} tabIndex={0} role="region" aria-label={t.cohorts}>
          <table className={classes.heat}>
            <caption className="hidden">{t.cohorts}</caption>
            <thead>
              <tr>
                <th scope="col">{t.cohort}</th>
                <th scope="col" className={classes.size}>{t.size}</th>
                {Array.from({ length: widest }, (_, after) => (
                  <th key={after} scope="col">
                    {props.when(after)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {cohorts.map((cohort) => (
                <Row key={cohort.day} cohort={cohort} day={format.day(`${cohort.day}T12:00:00Z`)} when={props.when} />
              ))}
            </tbody>
          </table>
        </div>
      </Card>
    </Section>
  )
}

function Row(props: { cohort: Shapes['Cohort']; day: string; when: (after: number) => string }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { cohort, day } = props
  return (
    <tr>
      <th scope="row">{cohort.rule === null || cohort.size === 0 ? day : <Link href={builderOf(cohort.rule)}>{day}</Link>}</th>
      <td className={`num ${classes.size}`}>{format.number(cohort.size)}</td>
      {cohort.kept.map((kept, after) => {
        const share = cohort.shares[after] ?? null
        if (share === null) return <td key={after} />
        const over = cohort.over[after] ?? true
        const told = format.percent(Math.round(100 * share) / 100)
        const words = t.cell(day, props.when(after), format.number(kept), format.number(cohort.size), told)
        const look = {
          className: `num ${classes.cell} ${over ? '' : classes.open}`,
          style: { background: `color-mix(in srgb, var(--accent) ${Math.round(DEEPEST * share)}%, var(--surface))` },
          title: over ? words : `${words} (${t.soFar})`,
        }
        const rule = cohort.kept_rules[after] ?? null
        return (
          <td key={after}>
            {rule === null || kept === 0 ? (
              <span {...look}>{told}</span>
            ) : (
              <Link href={builderOf(rule)} aria-label={look.title} {...look}>
                {told}
              </Link>
            )}
          </td>
        )
      })}
    </tr>
  )
}
