import { Progress } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef } from 'react'
import type { Shapes } from '@/api/client'
import { useMessages } from '@/i18n/language'
import { Card } from '@/ui/Page'
import { EmptyState, Loading } from '@/ui/States'
import { bringMessages } from './messages'
import { workNow } from './queries'

/** The import that goes on: how far it is, then what became of it. All that was known is asked anew. */
export function Going(props: { children: (work: Shapes['WorkTold']) => ReactNode; again: ReactNode }) {
  const t = useMessages(bringMessages)
  const client = useQueryClient()
  const { data: work } = useQuery(workNow)
  const before = useRef<string | undefined>(undefined)
  useEffect(() => {
    if (before.current === 'running' && work?.state === 'done') void client.invalidateQueries()
    before.current = work?.state
  }, [work?.state, client])
  if (work == null) return <Loading />
  if (work.state === 'done') return <>{props.children(work)}</>
  if (work.state === 'failed')
    return (
      <Card>
        <EmptyState
          kind="failed"
          title={t.failed}
          why={
            <>
              {[work.problem?.title, work.problem?.detail].filter(Boolean).join(': ')}
              <div>{t.failedWhole}</div>
            </>
          }
          action={props.again}
        />
      </Card>
    )
  const isSample = work.kind === 'sample'
  const share = work.done !== null && work.total ? Math.min(100, (100 * work.done) / work.total) : null
  return (
    <Card>
      <div role="status">
        <strong>{isSample ? t.makingUp : t.importing(work.subject)}</strong>
        <p className="quiet small">{isSample ? t.makingUpWhy : t.importingWhy}</p>
      </div>
      <Progress value={share ?? 100} animated={share === null} aria-label={t.progress} />
    </Card>
  )
}
