import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { addressOf } from '@/app/address'
import { useMessages } from '@/i18n/language'
import { type RemovedSegment, tellRemoved, undoVersion } from '@/segment/removed'
import { Card } from '@/ui/Page'
import { Failed } from '@/ui/States'
import classes from './Segments.module.css'

const en = {
  gone: (what: string) => `“${what}” was removed.`,
  undo: 'Bring it back',
  dismiss: 'All right',
}
const pt: typeof en = {
  gone: (what) => `“${what}” foi removido.`,
  undo: 'Trazer de volta',
  dismiss: 'Está bem',
}

/** What was removed just now, with the way back. */
export default function Removed(props: { removed: RemovedSegment }) {
  const t = useMessages({ en, pt })
  const client = useQueryClient()
  const [, go] = useLocation()
  const { name, title, version } = props.removed
  const undoing = useMutation({
    mutationFn: () => undoVersion(version),
    onSuccess: async () => {
      tellRemoved(client, null)
      await client.invalidateQueries({ queryKey: ['segments'] })
      go(addressOf.segment(name))
    },
  })
  return (
    <Card className={classes.removed}>
      <p role="status">{t.gone(title)}</p>
      <Button size="xs" variant="default" loading={undoing.isPending} onClick={() => undoing.mutate()}>
        {t.undo}
      </Button>
      <Button size="xs" variant="subtle" onClick={() => tellRemoved(client, null)}>
        {t.dismiss}
      </Button>
      {undoing.error ? <Failed error={undoing.error} /> : null}
    </Card>
  )
}
