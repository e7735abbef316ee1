import { Button, Progress } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { whoAmI } from '@/api/queries'
import { useMessages } from '@/i18n/language'
import { uiMessages } from '@/ui/messages'
import { Card } from '@/ui/Page'
import { Failed } from '@/ui/States'
import { predictionMessages } from './messages'
import classes from './Predictions.module.css'
import { cancel, type Step, type Work } from './queries'

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
      <div className={classes.workHead}>
        <p role="status">
          <strong>{t.working[work.kind as Step](props.titleOf(work.subject))}</strong>{' '}
          {work.is_cancelled ? <span className="quiet">· {t.cancelling}</span> : work.step ? <span className="quiet">· {work.step}</span> : null}
        </p>
        <Cancel work={work} title={props.titleOf(work.subject)} />
      </div>
      <Progress value={share ?? 100} animated={share === null} aria-label={t.progress} />
    </Card>
  )
}

/** Ends the step; what it had kept by then stays, so nothing is asked before. */
function Cancel(props: { work: Work; title: string }) {
  const t = useMessages(predictionMessages)
  const ui = useMessages(uiMessages)
  const client = useQueryClient()
  const mayDefine = useQuery(whoAmI).data?.actions.includes('define') ?? false
  const cancelling = useMutation({
    mutationFn: () => cancel(props.work.subject),
    onSettled: () => client.invalidateQueries({ queryKey: ['predictions'] }),
  })
  if (!mayDefine) return null
  return (
    <div className="no-print">
      <Button
        size="xs"
        variant="default"
        aria-label={t.cancelOf(props.title)}
        loading={cancelling.isPending}
        disabled={props.work.is_cancelled}
        onClick={() => cancelling.mutate()}
      >
        {ui.cancel}
      </Button>
      {cancelling.error ? <Failed error={cancelling.error} /> : null}
    </div>
  )
}
