import { useQuery } from '@tanstack/react-query'
import { ChevronRight, CircleAlert, CircleCheck, CircleHelp, TriangleAlert } from 'lucide-react'
import { Link } from 'wouter'
import type { Shapes } from '@/api/client'
import { addressOf } from '@/app/address'
import { whoAmI } from '@/api/queries'
import { campaignMessages } from '@/campaigns/messages'
import { campaignList } from '@/campaigns/queries'
import { alertsNow, dataChecked, dataHeld, quarantinePage } from '@/data/queries'
import { useFormat, useMessages } from '@/i18n/language'
import { Card, Section } from '@/ui/Page'
import { Said } from '@/ui/Said'
import { Answered, Loading } from '@/ui/States'
import classes from './Home.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

const FINDINGS = 2
const CAMPAIGNS = 3
const SHAPES = { good: CircleCheck, careful: TriangleAlert, poor: CircleAlert, unknown: CircleHelp } as const
/** So high what comes will be: a sentence; the verdict with its numbers. */
const COMING = { attention: [18], trust: [20, 44, 40, 40, 20] }
const waiting = (heights: readonly number[]) => (
  <div className={classes.row}>
    <Loading heights={heights} />
  </div>
)

/** What a person should look at among what is watched. */
export function Attention() {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const query = useQuery(alertsNow)
  return (
    <Section
      title={t.attention}
      aside={query.data?.watched.length ? <span className="quiet small">{t.watched(format.number(query.data.watched.length))}</span> : undefined}
    >
      <Card flush>
        <Answered query={query} loading={waiting(COMING.attention)}>
          {({ watched, alerts }) =>
            alerts.length === 0 ? (
              <p className={classes.quietRow}>{watched.length === 0 ? t.unwatched : t.calm}</p>
            ) : (
              <ul className={classes.list}>
                {alerts.map((one) => (
                  <li key={`${one.segment}-${one.kind}`} className={classes.row}>
                    <span className={classes.tag}>{t.kinds[one.kind] ?? one.kind}</span>
                    <Link href={addressOf.segment(one.segment)}>{one.sentence}</Link>
                  </li>
                ))}
              </ul>
            )
          }
        </Answered>
      </Card>
    </Section>
  )
}

/** The campaigns that run or pause, each with how far it is; nothing where there is none. */
export function Campaigns() {
  const t = useMessages({ en, pt })
  const { states } = useMessages(campaignMessages)
  const format = useFormat()
  const query = useQuery(campaignList)
  const going = query.data?.filter((one) => one.state === 'running' || one.state === 'paused') ?? []
  if (!query.error && going.length === 0) return null
  return (
    <Section title={t.campaigns}>
      <Card flush>
        <Answered query={query}>
          {() => (
            <ul className={classes.list}>
              {going.slice(0, CAMPAIGNS).map((one) => (
                <li key={one.name} className={classes.row}>
                  <Link href={`/campaigns/${encodeURIComponent(one.name)}`}>{one.title ?? one.name}</Link>
                  <div className="quiet small">
                    {states[one.state]} · {t.sent(format.number(one.messages.sent ?? 0))}
                  </div>
                </li>
              ))}
            </ul>
          )}
        </Answered>
      </Card>
    </Section>
  )
}

/** How fresh and how good the data are. */
export function Trust(props: { project: Shapes['ProjectFacts'] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const query = useQuery(dataChecked)
  const { latest_event_at, events } = props.project
  return (
    <Section title={t.data}>
      <Card flush>
        <Answered query={query} loading={waiting(COMING.trust)}>
          {(found) => {
            const verdict = found.verdict as keyof typeof SHAPES
            const Shape = SHAPES[verdict] ?? CircleHelp
            return (
              <>
                <div className={classes.verdict}>
                  <Shape size={17} aria-hidden className={classes[verdict]} />
                  {t.verdicts[found.verdict] ?? found.verdict}
                </div>
                <dl className={classes.facts}>
                  <div>
                    <dt>{t.upTo}</dt>
                    <dd className="num">{latest_event_at === null ? '–' : format.day(latest_event_at)}</dd>
                  </div>
                  <div>
                    <dt>{t.events}</dt>
                    <dd className="num">{format.number(events)}</dd>
                  </div>
                  <div>
                    <dt>{t.customers}</dt>
                    <dd className="num">{format.number(found.profiles)}</dd>
                  </div>
                </dl>
                <ul className={classes.list}>
                  {found.findings.slice(0, FINDINGS).map((one) => (
                    <li key={one.sentence} className={classes.finding}>
                      <Said>{one.sentence}</Said>
                    </li>
                  ))}
                </ul>
                {found.findings.length > 0 ? (
                  <div className={classes.foot}>
                    <Link href="/data?tab=quality">{t.more(format.number(found.findings.length))}</Link>
                  </div>
                ) : null}
              </>
            )
          }}
        </Answered>
      </Card>
    </Section>
  )
}

interface Step {
  href: string
  name: string
  why?: string
}

/** The few things that would help most now, none of them made up. */
export function Next(props: { project: Shapes['ProjectFacts'] }) {
  const t = useMessages({ en, pt })
  const steps = useSteps(props.project)
  if (steps.length === 0) return null
  return (
    <Section title={t.next}>
      <Card flush>
        <ul className={classes.list}>
          {steps.map((step) => (
            <li key={step.name}>
              <Link href={step.href} className={classes.step}>
                <span>
                  <span className={classes.stepName}>{step.name}</span>
                  {step.why ? <div className="quiet small"><Said>{step.why}</Said></div> : null}
                </span>
                <ChevronRight size={16} aria-hidden />
              </Link>
            </li>
          ))}
        </ul>
      </Card>
    </Section>
  )
}

function useSteps(project: Shapes['ProjectFacts']): Step[] {
  const t = useMessages({ en, pt }).steps
  const format = useFormat()
  const actions = useQuery(whoAmI).data?.actions ?? []
  const may = (action: string) => actions.includes(action)
  const refused = useQuery({ ...quarantinePage(1, 0), enabled: may('manage') }).data?.count ?? 0
  const checked = useQuery(dataChecked).data
  const held = useQuery(dataHeld).data
  const idle = held?.fields.filter((it) => it.sensitive !== null && it.use === 'not used').map((it) => it.field) ?? []
  const worst = checked?.findings.find((it) => it.remedy !== null && it.verdict !== 'good')
  const steps: (Step | false)[] = [
    refused > 0 && { href: '/data?tab=quarantine', name: t.quarantine(format.number(refused)), why: t.quarantineWhy },
    worst !== undefined && { href: '/data?tab=quality', name: t.finding, why: worst.remedy ?? undefined },
    idle.length > 0 && { href: '/data?tab=held', name: t.sensitive(format.number(idle.length)), why: t.sensitiveWhy(format.list(idle.slice(0, 3))) },
    may('define') && { href: '/segments/new', name: t.build, why: t.buildWhy },
    project.sample && may('define') && { href: '/data/import', name: t.own, why: t.ownWhy },
  ]
  return steps.filter((step) => step !== false).slice(0, 4)
}
