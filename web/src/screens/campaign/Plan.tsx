import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { whoAmI } from '@/api/queries'
import { audienceShown } from '@/audience/queries'
import { Waterfall } from '@/audience/Waterfall'
import { audienceOf, replay } from '@/campaigns/queries'
import type { Campaign } from '@/campaigns/shapes'
import { useFormat, useMessages } from '@/i18n/language'
import { Card, Section } from '@/ui/Page'
import { Answered, EmptyState, Failed, Loading } from '@/ui/States'
import classes from './Campaign.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { Way } from './Way'

/** How it stands and what can be done, who gets it, and how far the messages are. */
export function Plan(props: { campaign: Campaign }) {
  const t = useMessages({ en, pt })
  const { campaign } = props
  const me = useQuery(whoAmI)
  const asked = audienceOf(campaign)
  const found = useQuery({ ...audienceShown(asked ?? {}), enabled: asked !== undefined })
  const mayMeet = me.data?.actions.includes('people')
  return (
    <>
      <Way campaign={campaign} sendable={found.data?.sendable} />
      {asked === undefined ? (
        <EmptyState kind="nothing-yet" title={t.gone} />
      ) : (
        <Section title={t.audience} lead={t.audienceLead}>
          <Card>
            <Answered query={found} loading={<Loading lines={9} height={24} />}>
              {(shown) => <Waterfall counts={shown} asked={mayMeet ? asked : undefined} />}
            </Answered>
          </Card>
        </Section>
      )}
      <Standing campaign={campaign} />
    </>
  )
}

function Standing(props: { campaign: Campaign }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const counts = Object.entries(props.campaign.messages).filter(([, count]) => count > 0)
  const reasons = Object.entries(props.campaign.reasons)
  if (counts.length === 0) return null
  return (
    <Section title={t.standing}>
      <Card>
        <dl className={classes.facts}>
          {counts.map(([name, count]) => (
            <div key={name} style={{ display: 'contents' }}>
              <dt>{t.standings[name] ?? name}</dt>
              <dd className="num">{format.number(count)}</dd>
            </div>
          ))}
        </dl>
        {reasons.length === 0 ? null : (
          <>
            <h3 className={classes.part} style={{ marginTop: 14 }}>{t.reasons}</h3>
            <ul className={classes.found}>
              {reasons.map(([reason, count]) => (
                <li key={reason}>
                  <span>{reason}</span>: <span className="num">{format.number(count)}</span>
                </li>
              ))}
            </ul>
          </>
        )}
        <Again campaign={props.campaign} />
      </Card>
    </Section>
  )
}

/** Messages that were refused go out once more, where somebody wishes it. */
function Again(props: { campaign: Campaign }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const client = useQueryClient()
  const { name, messages } = props.campaign
  const mayDefine = useQuery(whoAmI).data?.actions.includes('define') ?? false
  const again = useMutation({ mutationFn: () => replay(name), onSuccess: () => client.invalidateQueries({ queryKey: ['campaigns'] }) })
  const dead = messages.dead ?? 0
  return (
    <div role="status" className={classes.buttons} style={{ marginTop: dead > 0 || again.data ? 14 : 0 }}>
      {mayDefine && dead > 0 ? (
        <Button variant="default" size="xs" loading={again.isPending} onClick={() => again.mutate()}>
          {t.replay(format.number(dead))}
        </Button>
      ) : null}
      {again.data === undefined ? null : t.replayed(format.number(again.data.messages))}
      {again.error ? <Failed error={again.error} /> : null}
    </div>
  )
}
