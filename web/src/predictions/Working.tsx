import { Progress } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useMessages } from '@/i18n/language'
import { Card } from '@/ui/Page'
import { predictionMessages } from './messages'
import classes from './Predictions.module.css'
import type { Step, Work } from './queries'

/** The step that goes on, and how far it is; once it is over, everything that was known is asked anew. */
export function Working(props: { work: Work | null; titleOf: (name: string) => string }) {
  const t = useMessages(predictionMessages)
  const client = useQueryClient()
  const { work } = props
  const before = useRef<string | undefined>(undefined)
  useEffect(() => {
    if (before.current === 'running' && work?.state !== 'running') void client.invalidateQueries()
    before.current = work?.state
  }, [work?.state, client])
  if (work?.state !== 'running') return null
  const share = work.done !== null && work.total ? (100 * work.done) / work.total : null
  return (
    <Card className={classes.work}>
      <p role="status">
        <strong>{t.working[work.kind as Step](props.titleOf(work.subject))}</strong> {work.step ? <span className="quiet">· {work.step}</span> : null}
      </p>
      <Progress value={share ?? 100} animated={share === null} aria-label={t.progress} />
    </Card>
  )
}
