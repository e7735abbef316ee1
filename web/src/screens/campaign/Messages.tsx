import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { addressOf } from '@/app/address'
import { audienceMessages } from '@/audience/messages'
import { campaignPreview } from '@/campaigns/queries'
import type { Message, Preview } from '@/campaigns/shapes'
import { useFormat, useMessages } from '@/i18n/language'
import { DataTable } from '@/ui/DataTable'
import { Card, Section } from '@/ui/Page'
import { Said } from '@/ui/Said'
import { Answered, EmptyState, Loading } from '@/ui/States'
import classes from './Campaign.module.css'
import { FitList } from './FitList'
import { quietened } from './html'
import { en } from './messages.en'
import { pt } from './messages.pt'

/** The dry run: messages as they would go out, who lacks what, and whether they fit the group. */
export default function Messages(props: { name: string }) {
  const preview = useQuery(campaignPreview(props.name))
  return (
    <Answered query={preview} loading={<Card><Loading lines={10} /></Card>}>
      {(found) => <Previewed found={found} />}
    </Answered>
  )
}

function Previewed(props: { found: Preview }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { found } = props
  return (
    <>
      <Section title={t.fit}>
        <Card>
          <FitList fit={found.fit} />
        </Card>
      </Section>
      <Section title={t.lacks} lead={t.lacksLead(format.number(found.looked_at))}>
        {found.lacking.length === 0 ? <p style={{ margin: 0 }}>{t.lacksNone}</p> : <Lacking found={found} />}
      </Section>
      <Section title={t.preview(format.number(found.messages.length))} lead={t.previewLead}>
        {found.messages.length === 0 ? <EmptyState kind="nothing-matches" title={t.noMessages} why={t.noMessagesWhy} /> : null}
        <ul className={classes.letters}>
          {found.messages.map((one) => (
            <li key={one.user_id}>
              <Letter letter={one} />
            </li>
          ))}
        </ul>
      </Section>
    </>
  )
}

function Lacking(props: { found: Preview }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  type Row = Preview['lacking'][number]
  return (
    <Card flush>
      <DataTable
        label={t.lacks}
        rows={props.found.lacking}
        keyOf={(row) => row.value}
        columns={[
          { key: 'value', title: t.value, header: true, cell: (row: Row) => <code className="name">{row.value}</code> },
          { key: 'people', title: t.people, align: 'end', cell: (row: Row) => format.number(row.people) },
          {
            key: 'examples',
            title: t.examples,
            from: 'sm',
            cell: (row: Row) => row.examples.map((one) => <Link key={one} href={addressOf.customer(one)} style={{ marginInlineEnd: 10 }}>{one}</Link>),
          },
        ]}
      />
    </Card>
  )
}

function Letter(props: { letter: Message }) {
  const t = useMessages({ en, pt })
  const channels = useMessages(audienceMessages).channels
  const { letter } = props
  const { subject, html, text, ...others } = letter.parts
  return (
    <Card className={classes.letter}>
      <div className={classes.letterHead}>
        <Link href={addressOf.customer(letter.user_id)}>{t.to(letter.user_id)}</Link>
        <span className="quiet small">
          {letter.variant} · {letter.channel === null ? t.noChannel : (channels[letter.channel] ?? letter.channel)}
          {letter.held_out ? ` · ${t.heldOut}` : ''}
        </span>
      </div>
      {letter.problem === null ? null : (
        <p className={classes.problem}>
          {t.notMade}: <Said>{letter.problem}</Said>
        </p>
      )}
      {subject ? (
        <p className={classes.subject}>
          <span className="hidden">{t.subject}: </span>
          {subject}
        </p>
      ) : null}
      {html || text ? (
        <div className={classes.both}>
          {html ? <iframe className={classes.html} sandbox="" title={t.htmlOf(letter.user_id)} srcDoc={quietened(html)} loading="lazy" /> : null}
          {text ? <pre className={classes.text} tabIndex={0} aria-label={`${t.textOf}: ${t.to(letter.user_id)}`} role="region">{text}</pre> : null}
        </div>
      ) : null}
      {Object.entries(others).map(([name, value]) => (
        <p key={name} style={{ margin: 0 }}>
          <span className="quiet">{name}</span> {value}
        </p>
      ))}
    </Card>
  )
}
