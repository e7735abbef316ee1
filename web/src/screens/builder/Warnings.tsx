import { Button } from '@mantine/core'
import { Link } from 'wouter'
import type { Shapes } from '@/api/client'
import { addressOf } from '@/app/address'
import { useFormat, useMessages } from '@/i18n/language'
import { opened, removed, renamed } from '@/segment/tree'
import { uiMessages } from '@/ui/messages'
import { Said } from '@/ui/Said'
import classes from './Builder.module.css'
import { useBuilding } from './context'
import { en } from './messages.en'
import { pt } from './messages.pt'
import type { Counted, Wrong } from './usePreview'

type Warned = Shapes['Warned']
/** What the texts below are made of; each warning has its own of them. */
interface Figures {
  rule: string
  without: number
  count: number
  share: number
  jaccard: number
  segment: string
  trait: string
  empty: number
  event: string
  last_at: string
}

/** What keeps the rule from being counted, each with a way out where one is known. */
export function Wrongs(props: { counted: Counted }) {
  const t = useMessages({ en, pt })
  const { found, wrong, again } = props.counted
  const ui = useMessages(uiMessages)
  if (wrong.size === 0) return null
  return (
    <div className={classes.failed} role="alert">
      <strong>{again === undefined ? t.problems : ui.failed}</strong>
      {[...wrong.values()].map((one) => (
        <div key={one.message} className={classes.beware}>
          <span>
            <Said>{one.message}</Said>
          </span>
          <Rename wrong={one} />
        </div>
      ))}
      {found ? <div className="quiet">{t.stale}</div> : null}
      {again === undefined ? null : (
        <Button size="compact-xs" variant="default" onClick={again}>
          {ui.retry}
        </Button>
      )}
    </div>
  )
}

function Rename(props: { wrong: Wrong }) {
  const t = useMessages({ en, pt })
  const { tree, change } = useBuilding()
  const { slip } = props.wrong
  if (slip === undefined) return null
  return (
    <Button size="compact-xs" variant="default" onClick={() => change(opened(renamed(tree, slip.from, slip.to)))}>
      {t.fixRename(slip.to)}
    </Button>
  )
}

/** What to look at before saving; nothing is forbidden, and most can be mended by one button. */
export function Warnings(props: { counted: Counted; isEmpty: boolean }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { name } = useBuilding()
  const { found } = props.counted
  if (found === undefined) return null
  const sensitive = found.warnings.filter((one) => one.code === 'sensitive')
  const isItself = (one: Warned) => one.code === 'twin' && one.figures.segment === name
  const shown = found.warnings.filter((one) => !isItself(one) && (!props.isEmpty || one.code === 'problem') && (one.code !== 'sensitive' || one === sensitive[0]))
  const names = sensitive.map((one) => `\`${String(one.figures.name)}\``)
  return (
    <>
      {props.isEmpty ? <div className={classes.warning}>{t.everyone}</div> : null}
      {found.unknown > 0 ? <div className={classes.warning}>{t.unknownOf(format.number(found.unknown))}</div> : null}
      {shown.map((one) => (
        <div key={`${one.code} ${one.message}`} className={`${classes.warning} ${classes.beware}`}>
          <span>{one.code === 'sensitive' ? <Said>{t.sensitive(format.list(names))}</Said> : <Text warned={one} />}</span>
          <Mend warned={one} counted={props.counted} />
        </div>
      ))}
    </>
  )
}

/** In the reader's language where it is a figure that changes; the server's own words otherwise. */
function Text(props: { warned: Warned }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { code, message, hint } = props.warned
  const figures = props.warned.figures as unknown as Figures
  switch (code) {
    case 'nobody':
      return <Said>{`${t.nobody} ${figures.rule ? t.nobodyBecause(figures.rule, format.number(figures.without)) : ''}`}</Said>
    case 'few':
      return t.few(format.number(figures.count))
    case 'nearly_all':
      return t.nearlyAll(format.percent(figures.share))
    case 'twin':
      return <Said>{t.twin(format.percent(figures.jaccard), figures.segment)}</Said>
    case 'redundant':
      return <Said>{t.redundant(figures.rule)}</Said>
    case 'seldom_known':
      return <Said>{t.seldomKnown(figures.trait, format.percent(figures.empty))}</Said>
    case 'silent':
      return <Said>{t.silent(figures.event, format.day(figures.last_at))}</Said>
    default:
      return <Said>{hint ? `${message}; ${hint}` : message}</Said>
  }
}

function Mend(props: { warned: Warned; counted: Counted }) {
  const t = useMessages({ en, pt })
  const { tree, change } = useBuilding()
  const { fix, code, figures } = props.warned
  if (code === 'twin')
    return (
      <Button size="compact-xs" variant="default" component={Link} href={addressOf.segment(String(figures.segment))}>
        {t.openIt}
      </Button>
    )
  if (code === 'seldom_known' || code === 'silent')
    return (
      <Button size="compact-xs" variant="default" component={Link} href="/data?tab=quality">
        {t.seeQuality}
      </Button>
    )
  const rest = fix as { node?: string; from?: string; to?: string } | null
  const path = rest?.node === undefined ? undefined : props.counted.pathOf(rest.node)
  if (fix?.do === 'remove' && path !== undefined)
    return (
      <Button size="compact-xs" variant="default" onClick={() => change(removed(tree, path))}>
        {code === 'nobody' ? t.fixRelax : t.fixRemove}
      </Button>
    )
  if (fix?.do === 'rename' && rest?.from !== undefined && rest.to !== undefined) return <Rename wrong={{ message: '', slip: { from: rest.from, to: rest.to } }} />
  return null
}
