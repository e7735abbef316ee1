import { NativeSelect } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { whoAmI } from '@/api/queries'
import { audienceMessages } from '@/audience/messages'
import { type AudienceAsked, audienceMembers, audienceShown } from '@/audience/queries'
import { stepsOf } from '@/audience/waterfall'
import { type Draft, fieldsOf } from '@/campaigns/draft'
import { audienceAsked, draftPreview } from '@/campaigns/queries'
import { useFormat, useMessages } from '@/i18n/language'
import { quietened } from '@/screens/campaign/html'
import { Card, Section } from '@/ui/Page'
import { Said } from '@/ui/Said'
import { Answered, Failed, Loading } from '@/ui/States'
import classes from './Compose.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

const PAUSE = 400
const SHOWN = 5

/** Beside the form: who would get it, and what they would get, as it is typed. */
export function Look(props: { name: string; draft: Draft }) {
  const t = useMessages({ en, pt })
  const [draft] = useDebouncedValue(props.draft, PAUSE)
  const { audience, purpose } = draft.fields
  const mayMeet = useQuery(whoAmI).data?.actions.includes('people') ?? false
  const asked = audience && purpose ? audienceAsked({ ...draft.fields, audience, name: props.name }) : undefined
  return (
    <aside className={classes.rail} aria-label={t.look}>
      <Section title={t.audience}>
        <Card>{asked === undefined ? <p className={classes.small}>{t.noAudience}</p> : <Counted asked={asked} />}</Card>
      </Section>
      <Section title={t.look}>
        <Card>
          {!mayMeet ? <p className={classes.small}>{t.mayNotMeet}</p> : asked === undefined ? <p className={classes.small}>{t.noLook}</p> : <Shown name={props.name} draft={draft} asked={asked} />}
        </Card>
      </Section>
    </aside>
  )
}

function Counted(props: { asked: AudienceAsked }) {
  const names = useMessages(audienceMessages)
  const format = useFormat()
  const found = useQuery({ ...audienceShown(props.asked), placeholderData: keepPreviousData, retry: false })
  return (
    <Answered query={found} loading={<Loading lines={6} />}>
      {(counts) =>
        found.error ? (
          <Failed error={found.error} retry={() => void found.refetch()} />
        ) : (
          <div role="status" aria-busy={found.isPlaceholderData || undefined}>
          <dl className={`num ${classes.counts}`}>
            {stepsOf(counts)
              .filter((one) => !one.goes || one.count > 0)
              .map((one) => (
                <div key={one.name} data-step={one.name}>
                  <dt>{names.steps[one.name]}</dt>
                  <dd>{one.goes ? `−${format.number(one.count)}` : format.number(one.count)}</dd>
                </div>
              ))}
          </dl>
          </div>
        )
      }
    </Answered>
  )
}

/** Some whom it would go to, else some of the audience; the message is made for one of them. */
function Shown(props: { name: string; draft: Draft; asked: AudienceAsked }) {
  const t = useMessages({ en, pt })
  const { draft, asked } = props
  const some = useQuery({ ...audienceMembers({ ...asked, state: ['sendable'], limit: SHOWN, offset: 0 }), placeholderData: keepPreviousData, retry: false })
  const isNobody = some.data?.count === 0
  const others = useQuery({ ...audienceMembers({ ...asked, state: [], limit: SHOWN, offset: 0 }), enabled: isNobody, retry: false })
  const found = isNobody ? others : some
  const users = (found.data?.people ?? []).map((one) => one.user_id)
  const hasText = draft.variants.some((one) => one.text || one.html || one.subject)
  if (found.error) return <p className={classes.small}>{t.notShown}</p>
  if (found.data === undefined) return <Loading lines={5} />
  if (users.length === 0) return <p className={classes.small}>{t.nobodyAtAll}</p>
  return (
    <div className={classes.letter}>
      {isNobody ? <p className={classes.small}>{t.nobodyThere}</p> : null}
      {hasText ? <Made name={props.name} draft={draft} users={users} /> : <p className={classes.small}>{t.noText}</p>}
    </div>
  )
}

function Made(props: { name: string; draft: Draft; users: readonly string[] }) {
  const t = useMessages({ en, pt })
  const { draft, users } = props
  const [chosen, choose] = useState<string | null>(null)
  const [variant, take] = useState<string | null>(null)
  const user = chosen !== null && users.includes(chosen) ? chosen : (users[0] ?? '')
  const names = draft.variants.map((one) => one.name)
  const shown = variant !== null && names.includes(variant) ? variant : (names[0] ?? '')
  const preview = useQuery({ ...draftPreview({ name: props.name || 'draft', user, variant: shown, fields: fieldsOf(draft) }), placeholderData: keepPreviousData, retry: false })
  return (
    <>
      <NativeSelect label={t.shownFor} size="xs" value={user} data={[...users]} onChange={(event) => choose(event.currentTarget.value)} />
      {names.length > 1 ? <NativeSelect label={t.shownVariant} size="xs" value={shown} data={names} onChange={(event) => take(event.currentTarget.value)} /> : null}
      {preview.error ? <Failed error={preview.error} retry={() => void preview.refetch()} /> : null}
      {preview.data === undefined || preview.error ? null : (
        <div className={classes.letter} aria-busy={preview.isPlaceholderData || undefined} role="status">
          <Sentences title={t.wrong} of={preview.data.problems} isWrong />
          {preview.data.message === null ? null : (
            <>
              {preview.data.message.problem ? (
                <p className={classes.problem}>
                  <Said>{preview.data.message.problem}</Said>
                </p>
              ) : null}
              {preview.data.message.parts.subject ? <p className={classes.subject}>{preview.data.message.parts.subject}</p> : null}
              {preview.data.message.parts.html ? <iframe className={classes.html} sandbox="" title={t.look} srcDoc={quietened(preview.data.message.parts.html)} /> : null}
              {preview.data.message.parts.text ? (
                <pre className={classes.text} tabIndex={0} role="region" aria-label={t.text}>
                  {preview.data.message.parts.text}
                </pre>
              ) : null}
            </>
          )}
          <Sentences title={t.lookAt} of={[...preview.data.warnings, ...preview.data.fit]} />
        </div>
      )}
    </>
  )
}

function Sentences(props: { title: string; of: readonly { message: string; hint: string | null }[]; isWrong?: boolean }) {
  if (props.of.length === 0) return null
  return (
    <div>
      <strong className={props.isWrong ? classes.problem : undefined}>{props.title}</strong>
      <ul className={classes.problems}>
        {props.of.map((one) => (
          <li key={one.message}>
            <Said>{one.message}</Said>
            {one.hint ? (
              <p className="quiet">
                <Said>{one.hint}</Said>
              </p>
            ) : null}
          </li>
        ))}
      </ul>
    </div>
  )
}
