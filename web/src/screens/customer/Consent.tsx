import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Ban, Check, X } from 'lucide-react'
import { useState } from 'react'
import { api, got, type Shapes } from '@/api/client'
import { whoAmI } from '@/api/queries'
import { useFormat, useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import { Card, Section } from '@/ui/Page'
import { Answered, Loading } from '@/ui/States'
import classes from './Consent.module.css'
import { consentMessages } from './consent.messages'
import { Record, type Wanted } from './Record'

type Statements = Shapes['Statements']

/** What somebody agreed to and where, with time, source, wording and proof; and what was ever said. */
export function Consent(props: { user: string; asOf: string | undefined }) {
  const t = useMessages(consentMessages)
  const { user, asOf } = props
  const me = useQuery(whoAmI)
  const [wanted, want] = useState<Wanted | null>(null)
  const [isSaved, setSaved] = useState(false)
  const found = useQuery({
    queryKey: ['people', 'statements', user, asOf],
    queryFn: ({ signal }) => got(api.GET('/api/v1/people/statements', { params: { query: { user, as_of: asOf } }, signal })),
  })
  // what is said counts from now on: of another day there is nothing to record
  const ask = me.data?.actions.includes('define') && asOf === undefined ? want : undefined
  return (
    <Section title={t.title} lead={t.lead}>
      <Answered query={found} loading={<Card><Loading lines={4} /></Card>}>
        {(statements) => <Said statements={statements} ask={ask} />}
      </Answered>
      <p role="status" className={isSaved ? 'small' : 'hidden'} style={{ margin: 0 }}>
        {isSaved ? t.saved : ''}
      </p>
      {wanted === null ? null : (
        <Record
          user={user}
          wanted={wanted}
          close={(saved) => {
            setSaved(saved)
            want(null)
          }}
        />
      )}
    </Section>
  )
}

type Ask = ((wanted: Wanted) => void) | undefined

function Said(props: { statements: Statements; ask: Ask }) {
  const t = useMessages(consentMessages)
  const { statements, ask } = props
  const channelOf = (name: string) => t.channelNames[name] ?? wordsOf(name)
  return (
    <Card flush>
      <div className={classes.part}>
        <h3 className={classes.name}>{t.purposes}</h3>
        {statements.consents.length === 0 ? <p className="quiet">{t.never}</p> : null}
        <ul className={classes.list}>
          {statements.consents.map((one) => (
            <One
              key={one.purpose}
              about={wordsOf(one.purpose)}
              said={one}
              is={one.state === 'granted'}
              beside={{ [t.source]: one.source, [t.wording]: one.wording, [t.proof]: one.proof }}
              always
              action={
                ask && {
                  short: one.state === 'granted' ? t.withdraw : t.give,
                  long: (one.state === 'granted' ? t.withdrawOf : t.giveOf)(wordsOf(one.purpose)),
                  run: () => ask({ kind: 'consent', about: one.purpose, state: one.state === 'granted' ? 'denied' : 'granted' }),
                }
              }
            />
          ))}
        </ul>
      </div>
      <div className={classes.part}>
        <h3 className={classes.name}>{t.channels}</h3>
        {statements.subscriptions.length === 0 ? <p className="quiet">{t.noChannels}</p> : null}
        <ul className={classes.list}>
          {statements.subscriptions.map((one) => (
            <One
              key={one.channel}
              about={channelOf(one.channel)}
              said={one}
              is={one.state === 'subscribed'}
              beside={{ [t.source]: one.source, [t.reason]: one.reason }}
              action={
                ask && {
                  short: one.state === 'subscribed' ? t.leave : t.back,
                  long: (one.state === 'subscribed' ? t.leaveOf : t.backOf)(channelOf(one.channel)),
                  run: () => ask({ kind: 'subscription', about: one.channel, state: one.state === 'subscribed' ? 'unsubscribed' : 'subscribed' }),
                }
              }
            />
          ))}
        </ul>
      </div>
      <div className={classes.part}>
        <h3 className={classes.name}>{t.suppressions}</h3>
        {statements.suppressions.length === 0 ? <p className="quiet">{t.noSuppressions}</p> : null}
        <ul className={classes.list}>
          {statements.suppressions.map((one) => (
            <One
              key={one.channel}
              about={channelOf(one.channel)}
              said={one}
              is={one.state === 'lifted'}
              beside={{ [t.source]: one.source, [t.reason]: one.reason }}
              action={
                ask && one.state === 'suppressed'
                  ? { short: t.lift, long: t.liftOf(channelOf(one.channel)), run: () => ask({ kind: 'suppression', about: one.channel, state: 'lifted' }) }
                  : undefined
              }
            />
          ))}
        </ul>
      </div>
      {ask || statements.history.length > 0 ? (
        <div className={classes.part}>
          {ask ? (
            <Button variant="default" size="xs" onClick={() => ask({ kind: 'consent', about: '', state: 'granted' })} style={{ justifySelf: 'start' }}>
              {t.record}
            </Button>
          ) : null}
          <History statements={statements} />
        </div>
      ) : null}
    </Card>
  )
}

/** One last word: what about, which it is, since when, and what stands beside it. */
function One(props: {
  about: string
  said: { state: string; at: string }
  is: boolean
  beside: { [name: string]: string | null | undefined }
  /** Whether what is not recorded is said, too. */
  always?: boolean
  action?: { short: string; long: string; run: () => void } | undefined
}) {
  const t = useMessages(consentMessages)
  const format = useFormat()
  const { said, action } = props
  const Icon = props.is ? Check : said.state === 'suppressed' ? Ban : X
  const beside = Object.entries(props.beside).filter(([, value]) => props.always || value)
  return (
    <li className={classes.one}>
      <div>
        <div className={classes.about}>{props.about}</div>
        <div className="small">
          <span className={`${classes.state} ${props.is ? classes.yes : classes.no}`}>
            <Icon size={14} aria-hidden />
            {t.states[said.state] ?? said.state}
          </span>{' '}
          <time dateTime={said.at} className="quiet">
            · {format.moment(said.at)}
          </time>
        </div>
      </div>
      {action ? (
        <Button size="compact-xs" variant="subtle" aria-label={action.long} onClick={action.run}>
          {action.short}
        </Button>
      ) : null}
      {beside.length === 0 ? null : (
        <dl className={classes.beside}>
          {beside.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className={value ? undefined : 'quiet'}>{value || t.notSaid}</dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  )
}

function History(props: { statements: Statements }) {
  const t = useMessages(consentMessages)
  const format = useFormat()
  const { history } = props.statements
  if (history.length === 0) return null
  return (
    <details className={classes.history}>
      <summary>{t.history(format.number(history.length))}</summary>
      <ol>
        {[...history].reverse().map((one, place) => (
          <li key={place}>
            <time dateTime={one.at} className="quiet">
              {format.moment(one.at)}
            </time>
            <div>
              {t.kindsOf[one.kind] ?? one.kind}: {one.kind === 'consent' ? wordsOf(one.about) : (t.channelNames[one.about] ?? one.about)} · {t.states[one.state] ?? one.state}
            </div>
            {Object.entries(one.beside).map(([name, value]) => (
              <div key={name} className="quiet">
                {{ source: t.source, wording: t.wording, proof: t.proof, reason: t.reason }[name] ?? name}: {value}
              </div>
            ))}
          </li>
        ))}
      </ol>
    </details>
  )
}
