import { Button } from '@mantine/core'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import type { Shapes } from '@/api/client'
import { useFormat, useMessages } from '@/i18n/language'
import { withDays, wordsOf } from '@/people/value'
import { Said } from '@/ui/Said'
import { EmptyState, Failed, Loading, Told } from '@/ui/States'
import { recommendMessages } from './messages'
import { isLearning, isTooLittle, recommendingSaid } from './queries'
import classes from './Recommend.module.css'

const ItemSheet = lazy(() => import('./ItemSheet'))

export type ItemOf = Shapes['RecommendedItem']
export const titleOf = (it: { item: string; title?: string | null }) => it.title ?? it.item

/** A list as it is asked for: working, being learned, failed in words, or there. */
export function Asked<T>(props: { query: UseQueryResult<T>; lines?: number; children: (found: T) => ReactNode }) {
  const t = useMessages(recommendMessages)
  const { query } = props
  if (query.data !== undefined) return <>{props.children(query.data)}</>
  if (query.error && !query.isFetching && isTooLittle(query.error))
    return <EmptyState kind="nothing-yet" title={t.tooLittle} why={<Told problem={query.error} />} />
  if (query.error && !query.isFetching) return <Failed error={query.error} retry={() => void query.refetch()} />
  return (
    <div className={classes.wait}>
      <p role="status" className="quiet small">
        {isLearning(query.failureReason) ? t.learning : t.working}
      </p>
      <Loading lines={props.lines ?? 5} height={28} />
    </div>
  )
}

/** Items in their order, each with its reason; of each, what goes with it. */
export function Items(props: { items: readonly ItemOf[]; label: string; plain?: boolean; wide?: boolean }) {
  const t = useMessages(recommendMessages)
  const [shown, show] = useState<ItemOf | null>(null)
  return (
    <>
      <ol className={`${classes.items} ${props.wide ? classes.wide : ''}`} aria-label={props.label}>
        {props.items.map((it, place) => (
          <li key={it.item} className={classes.item}>
            <span className={classes.place} aria-hidden>
              {place + 1}
            </span>
            <div>
              <div className={classes.name}>{titleOf(it)}</div>
              <div className={classes.reason}>
                <Reason>{it.reason}</Reason>
              </div>
            </div>
            {props.plain ? null : (
              <Button size="compact-xs" variant="subtle" className={classes.more} aria-label={t.like(titleOf(it))} onClick={() => show(it)}>
                {t.more}
              </Button>
            )}
          </li>
        ))}
      </ol>
      {shown === null ? null : (
        <Suspense>
          <ItemSheet item={shown} close={() => show(null)} />
        </Suspense>
      )}
    </>
  )
}

/** A reason with its days as people read them, and the items it names told apart: they are no code. */
function Reason(props: { children: string }) {
  const { locale } = useFormat()
  return <>{withDays(props.children, locale).split('`').map((part, place) => (place % 2 === 1 ? <strong key={place}>{part}</strong> : part))}</>
}

/** Below a list: what rules keep off it, and up to when the model has learned. */
export function Foot(props: { found: Shapes['Recommended'] }) {
  const t = useMessages(recommendMessages)
  const format = useFormat()
  const { found } = props
  const left = found.left_out ?? []
  return (
    <div className={classes.foot}>
      {left.length === 0 ? null : (
        <details>
          <summary>{t.leftOut(left.length, format.number(left.length))}</summary>
          <ul>
            {left.map((it) => (
              <li key={it.item}>
                {titleOf(it)} · <Said>{whyNot(it, t)}</Said>
              </li>
            ))}
          </ul>
        </details>
      )}
      <p>{found.is_current ? t.to(format.moment(found.learned_to)) : t.old(format.moment(found.learned_to))}</p>
    </div>
  )
}

type Messages = (typeof recommendMessages)['en']

const whyNot = (it: Shapes['LeftOutItem'], t: Messages): string => (it.why === 'stock' ? t.why.stock(it.property ?? '') : t.why[it.why](it.value ?? it.property ?? ''))

export function Nothing(props: { kind: keyof Messages['none'] }) {
  const t = useMessages(recommendMessages)
  const [title = '', why = ''] = t.none[props.kind]
  return <EmptyState kind="nothing-matches" title={title} why={why} />
}

/** What lists are made of and which rules hold, or why there can be none; `children` only where there can. */
export function MadeOf(props: { children?: ReactNode }) {
  const t = useMessages(recommendMessages)
  const format = useFormat()
  const said = useQuery(recommendingSaid)
  if (said.data === undefined) return said.error ? <Failed error={said.error} retry={() => void said.refetch()} /> : <Loading lines={2} />
  const it = said.data
  if (it.event === null || it.item === null)
    return (
      <EmptyState
        kind="nothing-yet"
        title={t.noEvent}
        why={
          <>
            <Said>{t.noEventWhy}</Said>
            <pre className={classes.file}>{'event: order_completed\nitem: product_id'}</pre>
          </>
        }
      />
    )
  const have = `${wordsOf(it.event)} (${wordsOf(it.item)})`
  const others = [...it.looks, ...it.searches].map(wordsOf)
  const rules = [
    ...(it.stock === null ? [] : [t.ruleStock(it.stock)]),
    ...Object.entries(it.hidden).map(([name, values]) => t.ruleHidden(name, format.list(values))),
    ...Object.entries(it.most_per).map(([name, most]) => t.ruleMost(format.number(most), name)),
    ...(it.margin === null ? [] : [t.ruleMargin(it.margin)]),
    ...(it.owned ? [t.ruleOwned] : []),
  ]
  return (
    <>
      <p className={classes.lead}>
        {others.length === 0 ? t.made(have) : t.madeOf(have, format.list(others))} {rules.length === 0 ? null : <Said>{t.rules(rules.join('; '))}</Said>}
      </p>
      {props.children}
    </>
  )
}
