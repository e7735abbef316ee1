import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { api, got, type Shapes } from '@/api/client'
import { whoAmI } from '@/api/queries'
import { useFormat, useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import { Card, Section } from '@/ui/Page'
import { Stat, Stats } from '@/ui/Stat'
import { Failed } from '@/ui/States'
import classes from './Import.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

interface Answer {
  imported: number
  duplicates: number
  rejected: number
  events: Record<string, number>
  imports: number[]
  notices: string[]
}

/** What became of the rows, and the way back. */
export function Done(props: { work: Shapes['WorkTold']; again: ReactNode }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const client = useQueryClient()
  const actions = useQuery(whoAmI).data?.actions ?? []
  const made = props.work.answer as unknown as Answer
  const undo = useMutation({
    mutationFn: async () => {
      for (const number of made.imports) await got(api.POST('/api/v1/data/imports/{number}/undo', { params: { path: { number } } }))
    },
    onSuccess: () => client.invalidateQueries(),
  })
  const file = props.work.subject
  const events = Object.entries(made.events).map(([name, count]) => `${wordsOf(name)} (${format.number(count)})`)
  return (
    <Section title={made.imported > 0 ? t.done(format.number(made.imported), file) : t.doneNothing(file)} lead={events.length > 0 ? t.events(format.list(events)) : undefined}>
      <Stats>
        <Stat label={t.imported} value={format.number(made.imported)} />
        <Stat label={t.duplicates} value={format.number(made.duplicates)} />
        <Stat label={t.rejected} value={format.number(made.rejected)} note={made.rejected > 0 && actions.includes('manage') ? <Link href="/data?tab=quarantine">{t.refused}</Link> : undefined} />
      </Stats>
      {made.notices.map((notice) => (
        <p key={notice} className="quiet small">
          {notice}
        </p>
      ))}
      <Card>
        <div className={classes.run} role="status">
          {undo.isSuccess ? (
            <span>{t.undoneNow}</span>
          ) : (
            <>
              <Button component={Link} href="/">
                {t.see}
              </Button>
              <Button component={Link} href="/segments/new" variant="default">
                {t.build}
              </Button>
              {made.imports.length > 0 && actions.includes('manage') ? (
                <Button variant="subtle" color="red" loading={undo.isPending} onClick={() => undo.mutate()}>
                  {t.undo}
                </Button>
              ) : null}
            </>
          )}
          {props.again}
        </div>
        {undo.error ? <Failed error={undo.error} /> : null}
      </Card>
    </Section>
  )
}
