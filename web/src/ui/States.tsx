import { Button, Skeleton } from '@mantine/core'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { CircleAlert, FunnelX, type LucideIcon, Lock, SearchX, Sprout } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { Problem } from '@/api/client'
import { engineReady } from '@/api/queries'
import { useMessages } from '@/i18n/language'
import { uiMessages } from './messages'
import { Said } from './Said'
import classes from './States.module.css'

/** Why there is nothing to see: never one text for all of them. */
export type Kind = 'nothing-yet' | 'nothing-matches' | 'filtered-away' | 'not-allowed' | 'failed'
const ICONS: Record<Kind, LucideIcon> = {
  'nothing-yet': Sprout,
  'nothing-matches': SearchX,
  'filtered-away': FunnelX,
  'not-allowed': Lock,
  failed: CircleAlert,
}

/** What this is, why it is empty now, and one thing to do about it. */
export function EmptyState(props: { kind: Kind; title: string; why?: ReactNode; action?: ReactNode }) {
  const Icon = ICONS[props.kind]
  return (
    <div className={classes.empty} role={props.kind === 'failed' ? 'alert' : undefined}>
      <Icon size={28} strokeWidth={1.5} aria-hidden className={classes.icon} />
      <p className={classes.title}>{props.title}</p>
      {props.why ? <div className={classes.why}>{props.why}</div> : null}
      {props.action ? <div className={classes.action}>{props.action}</div> : null}
    </div>
  )
}

/** What went wrong, in the server's words, with a way to try again. */
export function Failed(props: { error: unknown; retry?: () => void }) {
  const t = useMessages(uiMessages)
  const { error } = props
  if (error instanceof Problem && error.status === 403)
    return <EmptyState kind="not-allowed" title={t.notAllowed} why={t.notAllowedWhy} />
  if (error instanceof Problem && error.status === 404)
    return (
      <div role="alert">
        <EmptyState kind="nothing-matches" title={t.notThere} why={<Told problem={error} />} />
      </div>
    )
  const why =
    error instanceof Problem ? (
      error.status === 0 ? (
        t.offline
      ) : (
        <Told problem={error} />
      )
    ) : (
      String(error)
    )
  return (
    <EmptyState
      kind="failed"
      title={t.failed}
      why={why}
      action={
        props.retry ? (
          <Button variant="default" size="xs" onClick={props.retry}>
            {t.retry}
          </Button>
        ) : undefined
      }
    />
  )
}

/** A problem in the server's words, the names in it set as names. */
export function Told(props: { problem: Problem }) {
  const { message, detail, problems } = props.problem
  return (
    <div className={classes.told}>
      <Said>{detail ? `${message}: ${detail}` : message}</Said>
      {problems.map((one) => (
        <div key={one.message}>
          <Said>{one.message}</Said>
        </div>
      ))}
    </div>
  )
}

/** Whether so many milliseconds went by since this is shown. */
function useAfter(milliseconds: number): boolean {
  const [is, set] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => set(true), milliseconds)
    return () => clearTimeout(timer)
  }, [milliseconds])
  return is
}

/** What it waits for where it waits long: the engine is compiled at the very first question. */
function LongWait() {
  const t = useMessages(uiMessages)
  const { data } = useQuery(engineReady)
  if (data !== false) return null
  return (
    <p role="status" className={classes.wait}>
      <strong>{t.preparing}</strong> {t.preparingWhy}
    </p>
  )
}

/** Pixels between two of them. */
const BETWEEN = 12
/** From so high on it is no line of words but a block: as wide as what comes. */
const BLOCK = 48

/**
 * Grey shapes where the content will be: so many lines, or each so high as what comes. They are not there
 * before 200 ms, so that quick answers do not flicker; their place is, so that nothing jumps.
 */
export function Loading(props: { lines?: number; height?: number; heights?: readonly number[] }) {
  const t = useMessages(uiMessages)
  const heights = props.heights ?? Array.from({ length: props.lines ?? 4 }, () => props.height ?? 20)
  const space = heights.reduce((sum, height) => sum + height + BETWEEN, -BETWEEN)
  const shown = useAfter(200)
  const isLong = useAfter(2000)
  return (
    <div aria-busy="true" className={classes.loading} style={{ minHeight: space, gap: BETWEEN }}>
      <span className="hidden">{t.loading}</span>
      {isLong ? <LongWait /> : null}
      {shown
        ? heights.map((height, index) => (
            <Skeleton key={index} height={height} width={height < BLOCK ? `${100 - ((index * 17) % 40)}%` : '100%'} />
          ))
        : null}
    </div>
  )
}

/** The answer to a question, or how it stands: loading, failed with a way to retry. */
export function Answered<T>(props: {
  query: UseQueryResult<T>
  loading?: ReactNode
  children: (data: T) => ReactNode
}) {
  const { query } = props
  if (query.data !== undefined) return <>{props.children(query.data)}</>
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />
  return <>{props.loading ?? <Loading />}</>
}
