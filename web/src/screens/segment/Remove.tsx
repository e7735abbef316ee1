import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useLocation } from 'wouter'
import type { Shapes } from '@/api/client'
import { addressOf } from '@/app/address'
import { useFormat, useMessages } from '@/i18n/language'
import { removeSegment, tellRemoved, usesOf } from '@/segment/removed'
import { Dialog } from '@/ui/Dialog'
import { Answered, Failed } from '@/ui/States'
import { removeMessages } from './remove.messages'
import classes from './Segment.module.css'

type Use = Shapes['UseShape']

/** Before a segment goes: how many it holds, what reads it, and that it can be brought back. */
export default function Remove(props: { segment: Shapes['SegmentFacts']; close: () => void }) {
  const t = useMessages(removeMessages)
  const { segment } = props
  const title = segment.title ?? segment.name
  const uses = useQuery(usesOf(segment.name))
  return (
    <Dialog close={props.close} title={t.title(title)} size="lg">
      <Answered query={uses}>
        {(found) =>
          found.uses.length > 0 ? (
            <Used uses={found.uses} title={title} close={props.close} />
          ) : (
            <Confirm segment={segment} title={title} close={props.close} />
          )
        }
      </Answered>
    </Dialog>
  )
}

function Confirm(props: { segment: Shapes['SegmentFacts']; title: string; close: () => void }) {
  const t = useMessages(removeMessages)
  const format = useFormat()
  const client = useQueryClient()
  const [, go] = useLocation()
  const { segment, title } = props
  const removing = useMutation({
    mutationFn: () => removeSegment(segment.name),
    onSuccess: async ({ version }) => {
      tellRemoved(client, { name: segment.name, title, version })
      go('/segments') // first, so that nothing asks again for what is gone
      client.removeQueries({ queryKey: ['segments', 'facts'] })
      await client.invalidateQueries({ queryKey: ['segments'] })
    },
  })
  return (
    <>
      <p>{t.what(format.number(segment.size))}</p>
      <p className="quiet">{t.back}</p>
      {removing.error ? <Failed error={removing.error} /> : null}
      <div className={classes.choices}>
        <Button variant="default" onClick={props.close} data-autofocus>
          {t.keep}
        </Button>
        <Button color="red" loading={removing.isPending} onClick={() => removing.mutate()}>
          {t.remove}
        </Button>
      </div>
    </>
  )
}

function Used(props: { uses: readonly Use[]; title: string; close: () => void }) {
  const t = useMessages(removeMessages)
  return (
    <>
      <p>{t.used(props.title)}</p>
      <ul>
        {props.uses.map((one) => (
          <li key={`${one.kind} ${one.name}`}>
            {t.kinds[one.kind] ?? one.kind} <Reader use={one} />
          </li>
        ))}
      </ul>
      <p className="quiet">{t.usedHow}</p>
      <div className={classes.choices}>
        <Button variant="default" onClick={props.close} data-autofocus>
          {t.close}
        </Button>
      </div>
    </>
  )
}

function Reader(props: { use: Use }) {
  const { kind, name } = props.use
  const part = encodeURIComponent(name)
  const address =
    kind === 'segment' ? addressOf.segment(name) : kind === 'campaign' ? `/campaigns/${part}` : kind === 'prediction' ? `/predictions/${part}` : undefined
  return address === undefined ? <code>{name}</code> : <Link href={address}>{name}</Link>
}
