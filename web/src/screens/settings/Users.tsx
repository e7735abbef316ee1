import { Button, NativeSelect, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, got, type Shapes } from '@/api/client'
import { whoAmI } from '@/api/queries'
import { useFormat, useMessages } from '@/i18n/language'
import { type Column, DataTable } from '@/ui/DataTable'
import { Card } from '@/ui/Page'
import { Answered, Failed } from '@/ui/States'
import { settingsMessages } from './messages'
import { allUsers } from './queries'
import classes from './Settings.module.css'

type User = Shapes['UserRow']
const ROLES = ['viewer', 'marketer', 'admin'] as const
type Role = (typeof ROLES)[number]

/** Who may log in, and as what. */
export default function Users() {
  const t = useMessages(settingsMessages)
  const format = useFormat()
  const client = useQueryClient()
  const me = useQuery(whoAmI)
  const users = useQuery(allUsers)
  const changing = useMutation({
    mutationFn: ({ id, ...body }: { id: number; role?: Role; disabled?: boolean }) =>
      got(api.PATCH('/api/v1/users/{number}', { params: { path: { number: id } }, body })),
    onSettled: async () => client.invalidateQueries({ queryKey: allUsers.queryKey }),
  })
  const isMe = (row: User) => me.data?.name === `user:${row.id}`
  const columns: Column<User>[] = [
    { key: 'email', title: t.email, header: true, cell: (row) => <span className={row.disabled_at ? classes.off : undefined}>{row.email}</span> },
    {
      key: 'role',
      title: t.role,
      cell: (row) =>
        isMe(row) ? (
          t.roles[row.role as Role]
        ) : (
          <NativeSelect
            size="xs"
            aria-label={t.roleOf(row.email)}
            value={row.role}
            data={ROLES.map((one) => ({ value: one, label: t.roles[one] }))}
            onChange={(event) => changing.mutate({ id: row.id, role: event.currentTarget.value as Role })}
          />
        ),
    },
    { key: 'state', title: t.state, from: 'sm', cell: (row) => (row.disabled_at ? t.outSince(format.day(row.disabled_at)) : t.active) },
    {
      key: 'out',
      title: t.shutOut,
      align: 'end',
      cell: (row) =>
        isMe(row) ? null : (
          <Button
            size="compact-xs"
            variant="subtle"
            color={row.disabled_at ? undefined : 'red'}
            aria-label={row.disabled_at ? t.letInOf(row.email) : t.shutOutOf(row.email)}
            onClick={() => changing.mutate({ id: row.id, disabled: row.disabled_at === null })}
          >
            {row.disabled_at ? t.letIn : t.shutOut}
          </Button>
        ),
    },
  ]
  return (
    <>
      <p className="quiet">{t.usersLead}</p>
      <NewUser />
      {changing.error ? <Failed error={changing.error} /> : null}
      <Answered query={users}>
        {(found) => (
          <Card flush>
            <DataTable label={t.tabs.users} rows={found} columns={columns} keyOf={(row) => String(row.id)} />
          </Card>
        )}
      </Answered>
    </>
  )
}

function NewUser() {
  const t = useMessages(settingsMessages)
  const client = useQueryClient()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [role, setRole] = useState<Role>('marketer')
  const adding = useMutation({
    mutationFn: () => got(api.POST('/api/v1/users', { body: { email, role, password } })),
    onSuccess: async () => {
      setEmail('')
      setPassword('')
      await client.invalidateQueries({ queryKey: allUsers.queryKey })
    },
  })
  return (
    <form
      className={classes.add}
      onSubmit={(event) => {
        event.preventDefault()
        adding.mutate()
      }}
    >
      <TextInput label={t.email} type="email" value={email} onChange={(event) => setEmail(event.currentTarget.value)} required autoComplete="off" />
      <PasswordInput label={t.password} title={t.passwordHint} value={password} onChange={(event) => setPassword(event.currentTarget.value)} required minLength={12} autoComplete="new-password" />
      <NativeSelect label={t.role} value={role} data={ROLES.map((one) => ({ value: one, label: t.roles[one] }))} onChange={(event) => setRole(event.currentTarget.value as Role)} />
      <Button type="submit" loading={adding.isPending}>
        {t.addUser}
      </Button>
      {adding.error ? <Failed error={adding.error} /> : null}
    </form>
  )
}
