import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useParams } from 'wouter'
import type { Shapes } from '@/api/client'
import { projectFacts } from '@/api/queries'
import { decoded } from '@/app/address'
import { useFormat, useMessages } from '@/i18n/language'
import { personFacts } from '@/people/queries'
import { shown, span, wordsOf } from '@/people/value'
import { predictionList } from '@/predictions/queries'
import { AsOf, useAsOf } from '@/ui/AsOf'
import { Back } from '@/ui/Back'
import { Card, Page, Section } from '@/ui/Page'
import { Stat, Stats } from '@/ui/Stat'
import { Answered, Loading } from '@/ui/States'
import { Consent } from './Consent'
import classes from './Customer.module.css'
import { Memberships } from './Memberships'
import { customerMessages } from './messages'
import { Timeline } from './Timeline'

const Shown = lazy(() => import('@/recommend/ForOne'))
const Predicted = lazy(() => import('@/predictions/ForOne'))

type Facts = Shapes['PersonFacts']

/** Who is this, and why are they in these groups? */
export default function Customer() {
  const t = useMessages(customerMessages)
  const { id } = useParams<{ id: string }>()
  const user = decoded(id)
  const [asOf] = useAsOf()
  const project = useQuery(projectFacts)
  const facts = useQuery(personFacts({ user, as_of: asOf }))
  return (
    <Page
      title={user}
      above={
        <Back to="/customers">{t.back}</Back>
      }
      lead={facts.data && !facts.data.known ? t.unknownThen : undefined}
      actions={project.data ? <AsOf latest={project.data.as_of} earliest={project.data.first_event_at} /> : null}
    >
      <Answered query={facts} loading={<Loading heights={[98, 24, 420]} />}>
        {(found) => (
          <>
            <Numbers facts={found} />
            <div className={classes.columns}>
              <Timeline user={user} asOf={asOf} />
              <div className={classes.side}>
                <Memberships facts={found} asOf={asOf} />
                <Suspense fallback={<Loading lines={3} />}>
                  <Predicted facts={found} asOf={asOf} />
                  <Shown user={user} />
                </Suspense>
                <About facts={found} />
                <Consent user={user} asOf={asOf} />
              </div>
            </div>
          </>
        )}
      </Answered>
    </Page>
  )
}

function Numbers(props: { facts: Facts }) {
  const t = useMessages(customerMessages)
  const format = useFormat()
  const { facts } = props
  const worth = facts.worth?.value
  return (
    <Stats>
      {worth === undefined || worth === null ? null : <Stat label={t.worth} value={format.money(worth)} note={facts.worth?.words} />}
      <Stat
        label={t.lastSeen}
        value={facts.last_seen_at === null ? '–' : format.day(facts.last_seen_at)}
        note={facts.last_seen_at === null ? undefined : format.ago(facts.last_seen_at, facts.as_of)}
      />
      <Stat label={t.firstSeen} value={facts.first_seen_at === null ? t.always : format.day(facts.first_seen_at)} />
      <Stat label={t.segments} value={format.number(facts.segments.length)} />
    </Stats>
  )
}

function About(props: { facts: Facts }) {
  const t = useMessages(customerMessages)
  const format = useFormat()
  const predicted = new Set(useQuery(predictionList).data?.predictions.map((one) => one.name))
  const traits = props.facts.traits.filter((one) => !predicted.has(one.name)) // they stand above, with their reasons
  return (
    <Section title={t.about}>
      {traits.length === 0 ? (
        <p className="quiet">{t.noTraits}</p>
      ) : (
        <Card>
          <dl className={classes.traits}>
            {traits.map((trait) => (
              <div key={trait.name}>
                <dt>
                  {trait.title ?? wordsOf(trait.name)}
                  {trait.computed ? <span className="hidden"> ({t.computed})</span> : null}
                </dt>
                <dd className="num">
                  {trait.type === 'span' && typeof trait.value === 'number' ? span(trait.value, format) : shown(trait.value, format, t)}
                </dd>
              </div>
            ))}
          </dl>
        </Card>
      )}
    </Section>
  )
}
