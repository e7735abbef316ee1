import { useQuery } from '@tanstack/react-query'
import { dataChecked } from '@/data/queries'
import { BringLink } from '@/bring/BringLink'
import { useFormat, useMessages } from '@/i18n/language'
import { Card, Section } from '@/ui/Page'
import { Said } from '@/ui/Said'
import { Answered, EmptyState, Loading } from '@/ui/States'
import classes from './Data.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { VerdictMark } from './VerdictMark'

/** What the data tell about themselves, the worst first. */
export function Quality() {
  const t = useMessages({ en, pt })
  const format = useFormat()
  return (
    <Answered query={useQuery(dataChecked)} loading={<Card><Loading lines={10} height={28} /></Card>}>
      {(found) =>
        found.rows === 0 ? (
          <EmptyState kind="nothing-yet" title={t.noData} why={t.noDataWhy} action={<BringLink />} />
        ) : found.findings.length === 0 ? (
          <EmptyState kind="nothing-matches" title={t.noFindings} />
        ) : (
          <Section title={t.findings(format.number(found.findings.length))} lead={found.summary}>
            <Card flush>
              <ul className={classes.list}>
                {found.findings.map((one) => (
                  <li key={one.sentence}>
                    <VerdictMark verdict={one.verdict} words={t.verdicts[one.verdict] ?? one.verdict} />
                    <div>
                      <div className={classes.said}>
                        <Said>{one.sentence}</Said>
                      </div>
                      <div className={classes.sub}>
                        {t.checks[one.check] ?? one.check}
                        {one.remedy === null ? null : (
                          <>
                            {' · '}
                            <Said>{one.remedy}</Said>
                          </>
                        )}
                      </div>
                    </div>
                  </li>
                ))}
              </ul>
            </Card>
            {found.notes.map((note) => (
              <p key={note} className={classes.note}>
                <Said whole>{note}</Said>
              </p>
            ))}
          </Section>
        )
      }
    </Answered>
  )
}
