import { Button, CopyButton, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, got, type Shapes } from '@/api/client'
import { useFormat, useMessages } from '@/i18n/language'
import { type Column, DataTable } from '@/ui/DataTable'
import { Dialog } from '@/ui/Dialog'
import { Card } from '@/ui/Page'
import { Answered, EmptyState, Failed } from '@/ui/States'
import { settingsMessages } from './messages'
import { allKeys } from './queries'
import classes from './Settings.module.css'

type Key = Shapes['KeyRow']

/** Keys of programs: made, shown once, revoked. */
export default function Keys() {
  const t = useMessages(settingsMessages)
  const format = useFormat()
  const keys = useQuery(allKeys)
  const [asked, ask] = useState<Key | null>(null)
  const columns: Column<Key>[] = [
    { key: 'name', title: t.keyName, header: true, cell: (row) => <span className={row.revoked_at ? classes.off : undefined}>{row.name}</span> },
    { key: 'kind', title: t.keyKind, cell: (row) => t.kinds[row.kind as keyof typeof t.kinds] },
    { key: 'made', title: t.made, from: 'sm', cell: (row) => format.day(row.created_at) },
    { key: 'state', title: t.state, cell: (row) => (row.revoked_at ? t.revokedOn(format.day(row.revoked_at)) : t.valid) },
    {
      key: 'revoke',
      title: t.revoke,
      align: 'end',
      cell: (row) =>
        row.revoked_at ? null : (
          <Button size="compact-xs" variant="subtle" color="red" aria-label={t.revokeOf(row.name)} onClick={() => ask(row)}>
            {t.revoke}
          </Button>
        ),
    },
  ]
  return (
    <>
      <p className="quiet">{t.keysLead}</p>
      <NewKey />
      <Answered query={keys}>
        {(found) =>
          found.length === 0 ? (
            <Card>
              <EmptyState kind="nothing-yet" title={t.noKeys} why={t.noKeysWhy} />
            </Card>
          ) : (
            <Card flush>
              <DataTable label={t.tabs.keys} rows={[...found].reverse()} columns={columns} keyOf={(row) => String(row.id)} />
            </Card>
          )
        }
      </Answered>
      {asked === null ? null : <Revoke asked={asked} close={() => ask(null)} />}
    </>
  )
}

function NewKey() {
  const t = useMessages(settingsMessages)
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [kind, setKind] = useState<'write' | 'admin'>('write')
  const making = useMutation({
    mutationFn: () => got(api.POST('/api/v1/keys', { body: { name, kind } })),
    onSuccess: async () => {
      setName('')
      await client.invalidateQueries({ queryKey: allKeys.queryKey })
    },
  })
  if (making.data !== undefined)
    return (
      <div className={classes.secret} role="status">
        <p>{t.secret}</p>
        <code>{making.data.key}</code>
        <div className={classes.buttons}>
          <CopyButton value={making.data.key}>
            {({ copied, copy }) => (
              <Button size="xs" onClick={copy}>
                {copied ? t.copied : t.copy}
              </Button>
            )}
          </CopyButton>
          <Button size="xs" variant="default" onClick={() => making.reset()}>
            {t.done}
          </Button>
        </div>
      </div>
    )
  return (
    <form
      className={classes.add}
      onSubmit={(event) => {
        event.preventDefault()
        making.mutate()
      }}
    >
      <TextInput label={t.keyName} value={name} onChange={(event) => setName(event.currentTarget.value)} required maxLength={100} />
      <NativeSelect
        label={t.keyKind}
        value={kind}
        data={(['write', 'admin'] as const).map((one) => ({ value: one, label: t.kinds[one] }))}
        onChange={(event) => setKind(event.currentTarget.value as typeof kind)}
      />
      <Button type="submit" loading={making.isPending}>
        {t.makeKey}
      </Button>
      {making.error ? <Failed error={making.error} /> : null}
    </form>
  )
}

function Revoke(props: { asked: Key; close: () => void }) {
  const t = useMessages(settingsMessages)
  const client = useQueryClient()
  const revoking = useMutation({
    mutationFn: () => got(api.DELETE('/api/v1/keys/{number}', { params: { path: { number: props.asked.id } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: allKeys.queryKey })
      props.close()
    },
  })
  return (
    <Dialog close={props.close} title={t.revokeOf(props.asked.name)}>
      <p>{t.revokeAsk(props.asked.name)}</p>
      <div className={classes.buttons}>
        <Button color="red" loading={revoking.isPending} onClick={() => revoking.mutate()}>
          {t.revoke}
        </Button>
        <Button variant="default" onClick={props.close} data-autofocus>
          {t.keep}
        </Button>
      </div>
      {revoking.error ? <Failed error={revoking.error} /> : null}
    </Dialog>
  )
}
