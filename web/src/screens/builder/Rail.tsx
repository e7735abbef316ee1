import { Button, CopyButton } from '@mantine/core'
import { Link } from 'wouter'
import { addressOf } from '@/app/address'
import { useFormat, useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import { Card } from '@/ui/Page'
import classes from './Builder.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'
import type { Counted } from './usePreview'
import { Warnings, Wrongs } from './Warnings'

/** The answer beside the rule: how many, whom one reaches, in words, what to beware of, some of them. */
export function Rail(props: { counted: Counted; isEmpty: boolean; children: React.ReactNode }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { found, busy, wrong } = props.counted
  return (
    <aside className={classes.rail} aria-label={t.answer}>
      <Card>
        <div role="status" aria-busy={busy || undefined}>
          <div className={`num ${classes.big} ${busy || wrong.size > 0 ? classes.busy : ''}`}>{found ? format.number(found.count) : '–'}</div>
          <div className="quiet">{found ? t.customers(found.count) : null}</div>
        </div>
        {found ? (
          <div className="quiet small">
            {found.known > 0 ? `${t.ofKnown(format.percent(found.count / found.known), format.number(found.known))}, ` : ''}
            {t.asOf(format.moment(found.as_of))}
          </div>
        ) : null}
        {found && wrong.size === 0 ? <Reach counted={props.counted} /> : null}
      </Card>
      <Wrongs counted={props.counted} />
      {found && wrong.size === 0 ? (
        <>
          <div>
            <p className={classes.sentence}>{found.sentence}</p>
            <CopyButton value={found.sentence}>
              {({ copied, copy }) => (
                <Button size="compact-xs" variant="subtle" color="gray" ml={-8} mt={2} onClick={copy}>
                  {copied ? t.copied : t.copySentence}
                </Button>
              )}
            </CopyButton>
          </div>
          <Warnings counted={props.counted} isEmpty={props.isEmpty} />
          <Sample counted={props.counted} />
        </>
      ) : null}
      <div className={classes.save}>{props.children}</div>
    </aside>
  )
}

/** How many of them there is a way to, and how many have agreed to be written to. */
function Reach(props: { counted: Counted }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { found } = props.counted
  if (found === undefined || found.count === 0) return null
  return (
    <dl className={`num ${classes.reach}`}>
      {found.reach.map((one) => (
        <div key={`${one.kind} ${one.name}`}>
          <dt>{one.kind === 'channel' ? (t.channels[one.name as keyof typeof t.channels] ?? one.name) : t.agreedTo(wordsOf(one.name))}</dt>
          <dd>
            {format.number(one.count)} <span className="quiet">{format.percent(one.count / found.count)}</span>
          </dd>
        </div>
      ))}
      {found.reach.some((one) => one.kind === 'channel') ? null : <div className="quiet">{t.noWay}</div>}
    </dl>
  )
}

function Sample(props: { counted: Counted }) {
  const t = useMessages({ en, pt })
  const { found } = props.counted
  if (found === undefined || found.sample.length === 0) return null
  return (
    <div>
      <div className={`quiet small ${classes.sampleTitle}`}>{t.sample}</div>
      <ul className={classes.sample}>
        {found.sample.map((id) => (
          <li key={id}>
            <Link href={addressOf.customer(id)}>{id}</Link>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** On a phone the number stays in sight, with what one does next. */
export function CountBar(props: { counted: Counted; children: React.ReactNode }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { found, busy, wrong } = props.counted
  return (
    <div className={classes.countBar} role="region" aria-label={t.numberAndSave}>
      <span className={busy || wrong.size > 0 ? classes.busy : undefined}>
        <strong className="num">{found ? format.number(found.count) : '–'}</strong> <span className="quiet">{found ? t.customers(found.count) : null}</span>
      </span>
      {props.children}
    </div>
  )
}
