import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect } from 'react'
import { api, got, Problem, root } from '@/api/client'
import { whoAmI } from '@/api/queries'
import { useMessages } from '@/i18n/language'
import classes from './LogIn.module.css'
import { logInMessages } from './messages'

/** The only screen for those nobody knows yet. */
export function LogIn() {
  const t = useMessages(logInMessages)
  const client = useQueryClient()
  useEffect(() => {
    document.title = `${t.title} · Shoal`
  }, [t.title])
  const entering = useMutation({
    mutationFn: (given: { email: string; password: string }) => got(api.POST('/api/v1/login', { body: given })),
    onSuccess: () => client.invalidateQueries({ queryKey: whoAmI.queryKey }),
  })
  const enter = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    entering.mutate({ email: String(given.get('email')), password: String(given.get('password')) })
  }
  const status = entering.error instanceof Problem ? entering.error.status : undefined
  const wrong = entering.error === null ? undefined : status === 401 ? t.wrong : status === 429 ? t.tooMany : t.failed
  const [before, command, after] = t.first.split('`')
  return (
    <main className={classes.page}>
      <form className={classes.form} onSubmit={enter}>
        <img src={`${root}/mark.svg`} width={40} height={40} alt="" />
        <div>
          <h1 className={classes.title}>{t.title}</h1>
          <p className={classes.lead}>{t.lead}</p>
        </div>
        <TextInput label={t.email} name="email" type="email" autoComplete="username" required autoFocus size="md" />
        <PasswordInput label={t.password} name="password" autoComplete="current-password" required size="md" />
        {wrong === undefined ? null : (
          <p className={classes.wrong} role="alert">
            {wrong}
          </p>
        )}
        <Button type="submit" loading={entering.isPending} size="md">
          {t.enter}
        </Button>
        <p className={classes.first}>
          {before}
          <code>{command}</code>
          {after}
        </p>
      </form>
    </main>
  )
}
