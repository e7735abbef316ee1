import { useQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck, CircleHelp, TriangleAlert } from 'lucide-react'
import type { Shapes } from '@/api/client'
import { useFormat, useMessages } from '@/i18n/language'
import { segmentAudit } from '@/segment/queries'
import { Card, Section } from '@/ui/Page'
import { Said } from '@/ui/Said'
import { Answered, Loading } from '@/ui/States'
import classes from './Audit.module.css'
import { auditMessages } from './audit.messages'

const ASPECTS = ['size', 'value', 'distinct', 'measurable', 'actionable', 'stable', 'rule', 'sensitive'] as const
const VERDICTS = {
  good: { Icon: CircleCheck, tint: classes.good },
  careful: { Icon: TriangleAlert, tint: classes.careful },
  poor: { Icon: CircleAlert, tint: classes.poor },
  unknown: { Icon: CircleHelp, tint: classes.unknown },
} as const
type Verdict = keyof typeof VERDICTS
/** The worst first: what to mend before what is fine. */
const ORDER: readonly Verdict[] = ['poor', 'careful', 'unknown', 'good']

/** Is it worth acting on? Each question with its verdict, and the sentences it rests on. */
export default function Audit(props: { name: string; asOf: string | undefined }) {
  const t = useMessages(auditMessages)
  const audit = useQuery(segmentAudit({ name: props.name, as_of: props.asOf }))
  const loading = (
    <Card>
      <p className="quiet">{t.working}</p>
      <Loading lines={8} />
    </Card>
  )
  return (
    <Answered query={audit} loading={loading}>
      {(found) => <Audited found={found} />}
    </Answered>
  )
}

function Audited(props: { found: Shapes['Audited'] }) {
  const t = useMessages(auditMessages)
  const format = useFormat()
  const { found } = props
  const verdictOf = (aspect: string) => (found.aspects[aspect] ?? 'unknown') as Verdict
  const asked = ASPECTS.filter((one) => one in found.aspects)
  const shown = [...asked].sort((one, other) => ORDER.indexOf(verdictOf(one)) - ORDER.indexOf(verdictOf(other)))
  const verdict = found.verdict as Verdict
  const { Icon, tint } = VERDICTS[verdict]
  const named = format.list(asked.filter((one) => verdictOf(one) === verdict).map((one) => t.names[one]))
  const summary = t.summaries[verdict]
  return (
    <>
      <div className={`${classes.summary} ${tint}`}>
        <Icon size={26} strokeWidth={1.75} aria-hidden />
        <div>
          <p className={classes.verdict}>{typeof summary === 'string' ? summary : summary(named)}</p>
          <p className="quiet small">{t.lead} {t.onlyEnglish}</p>
        </div>
      </div>
      <div className={classes.aspects}>
        {shown.map((aspect) => (
          <Aspect key={aspect} aspect={aspect} verdict={verdictOf(aspect)} findings={found.findings.filter((one) => one.aspect === aspect)} />
        ))}
      </div>
      {found.notes.length > 0 ? (
        <Section title={t.notes}>
          <ul className="quiet small">
            {found.notes.map((note) => (
              <li key={note}>
                <Said>{note}</Said>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
    </>
  )
}

function Aspect(props: { aspect: (typeof ASPECTS)[number]; verdict: Verdict; findings: readonly Shapes['AuditFinding'][] }) {
  const t = useMessages(auditMessages)
  const { Icon, tint } = VERDICTS[props.verdict]
  return (
    <section className={classes.aspect} aria-labelledby={`audit-${props.aspect}`}>
      <div className={classes.head}>
        <h2 id={`audit-${props.aspect}`} className={classes.title}>{t.asks[props.aspect]}</h2>
        <span className={`${classes.mark} ${tint}`}>
          <Icon size={15} aria-hidden />
          {t.verdicts[props.verdict]}
        </span>
      </div>
      <ul className={classes.findings}>
        {props.findings.map((one) => {
          const own = VERDICTS[one.verdict as Verdict] ?? VERDICTS.unknown
          return (
            <li key={one.sentence}>
              <span className={`${classes.dot} ${own.tint}`} title={t.verdicts[one.verdict as Verdict]} aria-hidden />
              <span>
                <Said>{one.sentence}</Said>
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
