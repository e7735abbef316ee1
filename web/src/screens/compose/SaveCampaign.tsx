import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { differences, type Difference, type Fields } from '@/campaigns/draft'
import { planCampaign, saveCampaign } from '@/campaigns/queries'
import { useFormat, useMessages } from '@/i18n/language'
import { Dialog } from '@/ui/Dialog'
import { Said } from '@/ui/Said'
import { Answered, Failed } from '@/ui/States'
import classes from './Compose.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

/** What saving changes before it is saved: each wording before and after, and whom it would reach then. */
export default function SaveCampaign(props: { name: string; isNew: boolean; before: Fields; after: Fields; close: () => void; saved: () => void }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const client = useQueryClient()
  const [, go] = useLocation()
  const { name, isNew, before, after } = props
  const plan = useQuery({ queryKey: ['plan', 'campaign', name, after], staleTime: 0, retry: false, queryFn: ({ signal }) => planCampaign(name, after, signal) })
  const saving = useMutation({
    mutationFn: () => saveCampaign(name, after, isNew),
    onSuccess: async () => {
      props.saved()
      await client.invalidateQueries({ queryKey: ['campaigns'] })
      await client.invalidateQueries({ queryKey: ['audience'] })
      go(`/campaigns/${encodeURIComponent(name)}`)
    },
  })
  const changed = differences(before, after)
  return (
    <Dialog close={props.close} title={t.saveTitle} size="lg">
      <p>{isNew ? t.isNew(name) : t.again}</p>
      {isNew ? null : (
        <ul className={classes.changes}>
          {changed.map((one) => (
            <Changed key={one.path.join('.')} of={one} />
          ))}
        </ul>
      )}
      <Answered query={plan}>
        {(found) => {
          const own = found.campaigns.find((one) => one.name === name)
          return (
            <>
              {own === undefined || isNew ? null : <p className="num">{t.reached(format.number(own.entering), format.number(own.leaving))}</p>}
              {found.problems.length === 0 ? null : (
                <div role="alert">
                  <strong className={classes.problem}>{t.wrong}</strong>
                  <ul className={classes.problems}>
                    {found.problems.map((one) => (
                      <li key={String(one.message)}>
                        <Said>{String(one.message)}</Said>
                        {one.hint ? (
                          <p className="quiet">
                            <Said>{String(one.hint)}</Said>
                          </p>
                        ) : null}
                      </li>
                    ))}
                  </ul>
                </div>
              )}
              <div className={classes.save} style={{ marginTop: 14 }}>
                <Button loading={saving.isPending} disabled={found.problems.length > 0} onClick={() => saving.mutate()} data-autofocus>
                  {t.confirm}
                </Button>
              </div>
            </>
          )
        }}
      </Answered>
      {saving.error ? <Failed error={saving.error} /> : null}
    </Dialog>
  )
}

function Changed(props: { of: Difference }) {
  const t = useMessages({ en, pt })
  const { path, before, after } = props.of
  return (
    <li>
      <code className="name">{path.join(' · ')}</code>
      <del aria-label={t.was}>{before ?? t.nothing}</del>
      <ins aria-label={t.is}>{after ?? t.nothing}</ins>
    </li>
  )
}
