import { useQuery } from '@tanstack/react-query'
import { projectFacts } from '@/api/queries'
import { audienceMessages } from '@/audience/messages'
import { campaignMessages } from '@/campaigns/messages'
import type { Campaign } from '@/campaigns/shapes'
import { nextRun } from '@/campaigns/timing'
import { useFormat, useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import { Card, Section } from '@/ui/Page'
import classes from './Campaign.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

/** What it says, in parts and as it is written, and who did what to it. */
export function Definition(props: { campaign: Campaign }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { campaign } = props
  return (
    <>
      <Section title={t.terms}>
        <Card>
          <Facts campaign={campaign} />
        </Card>
        {campaign.definition ? (
          <pre className={classes.rule} tabIndex={0} role="region" aria-label={t.tabs.definition}>
            {campaign.definition}
          </pre>
        ) : null}
      </Section>
      {campaign.log.length === 0 ? null : (
        <Section title={t.log}>
          <ol className={classes.log}>
            {campaign.log.map((one, place) => (
              <li key={place}>
                <time dateTime={one.at} className="quiet">{format.moment(one.at)}</time> · {one.actor} · {t.did[one.action] ?? one.action}
              </li>
            ))}
          </ol>
        </Section>
      )}
    </>
  )
}

function Facts(props: { campaign: Campaign }) {
  const t = useMessages({ en, pt })
  const names = useMessages(campaignMessages)
  const channels = useMessages(audienceMessages).channels
  const format = useFormat()
  const { campaign } = props
  const project = useQuery(projectFacts)
  const next = project.data === undefined ? undefined : nextRun(campaign, project.data.as_of)
  const facts: [string, string | null | undefined][] = [
    [t.why, campaign.why],
    [t.audienceIs, campaign.audience],
    [t.purpose, campaign.purpose && wordsOf(campaign.purpose)],
    [t.goal, campaign.goal],
    ...Object.entries(campaign.metrics ?? {}),
    [t.channel, campaign.channel && (channels[campaign.channel] ?? campaign.channel)],
    [t.timing, campaign.timing],
    [t.next, next && (next.kind === 'at' ? format.moment(next.at) : names.next[next.kind])],
    [t.quiet, campaign.quiet_hours],
    [t.cap, campaign.cap],
    [t.ends, campaign.ends_at],
    [t.priority, campaign.priority ? format.number(campaign.priority) : null],
    [t.variants, format.list(campaign.variants)],
  ]
  const written = new Set([t.audienceIs, t.goal, ...Object.keys(campaign.metrics ?? {})]) // in the language of rules
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) =>
        value ? (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{written.has(name) ? <code>{value}</code> : value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  )
}
