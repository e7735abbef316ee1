import { Link } from 'wouter'
import { addressOf } from '@/app/address'
import { useFormat, useMessages } from '@/i18n/language'
import { Card } from '@/ui/Page'
import classes from './Builder.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'
import type { Counted } from './usePreview'

const NEARLY_ALL = 0.9
/** What is said here in the reader's own language. */
const OWN = new Set(['nobody', 'nearly_all'])

/** The answer beside the rule: how many, in words, what to beware of, and some of them. */
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
      </Card>
      {wrong.size > 0 ? (
        <div className={classes.failed} role="alert">
          <strong>{t.problems}</strong>
          {[...wrong.values()].map((message) => (
            <div key={message}>{message}</div>
          ))}
          {found ? <div className="quiet">{t.stale}</div> : null}
        </div>
      ) : null}
      {found && wrong.size === 0 ? <Told counted={props.counted} isEmpty={props.isEmpty} /> : null}
      {props.children}
    </aside>
  )
}

function Told(props: { counted: Counted; isEmpty: boolean }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { found } = props.counted
  if (found === undefined) return null
  const share = found.known > 0 ? found.count / found.known : 0
  const culprit = found.nodes.filter((one) => one.id !== '' && one.without > 0).sort((one, other) => one.count - other.count)[0]
  const beware = [
    props.isEmpty ? t.everyone : null,
    found.count === 0 ? `${t.nobody} ${culprit ? t.nobodyBecause(culprit.rule, format.number(culprit.without)) : ''}` : null,
    !props.isEmpty && share > NEARLY_ALL ? t.nearlyAll(format.percent(share)) : null,
    found.unknown > 0 ? t.unknownOf(format.number(found.unknown)) : null,
    ...found.warnings.filter((one) => !OWN.has(one.code)).map((one) => (one.hint ? `${one.message}; ${one.hint}` : one.message)),
  ].filter((one) => one !== null)
  return (
    <>
      <p className={classes.sentence}>{found.sentence}</p>
      {beware.map((one) => (
        <div key={one} className={classes.warning}>
          {one}
        </div>
      ))}
      {found.sample.length > 0 ? (
        <div>
          <div className="quiet small">{t.sample}</div>
          <ul className={classes.sample}>
            {found.sample.map((id) => (
              <li key={id}>
                <Link href={addressOf.customer(id)}>{id}</Link>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </>
  )
}
