import { ActionIcon, Button } from '@mantine/core'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { addressOf } from '@/app/address'
import { useFormat, useMessages } from '@/i18n/language'
import { DataTable } from '@/ui/DataTable'
import { csv } from '@/ui/csv'
import { uiMessages } from '@/ui/messages'
import { Card } from '@/ui/Page'
import { handOver } from '@/ui/picture'
import { Answered, EmptyState, Failed, Loading } from '@/ui/States'
import classes from './Audience.module.css'
import { audienceMessages } from './messages'
import { type AudienceAsked, audienceMembers, everyoneIn } from './queries'
import type { StepName } from './waterfall'

const PAGE = 50

/** Who stands at a step, by their ids, a page at a time. */
export function People(props: { asked: AudienceAsked; states: readonly string[]; label: string }) {
  const t = useMessages(audienceMessages)
  const ui = useMessages(uiMessages)
  const format = useFormat()
  const [offset, turn] = useState(0)
  const found = useQuery({
    ...audienceMembers({ ...props.asked, state: [...props.states], limit: PAGE, offset }),
    placeholderData: keepPreviousData,
  })
  const columns = [
    { key: 'id', title: t.customer, header: true, cell: (row: Person) => <Link href={addressOf.customer(row.user_id, props.asked.as_of)}>{row.user_id}</Link> },
    { key: 'state', title: t.state, cell: (row: Person) => t.steps[row.state as StepName] ?? row.state },
  ]
  return (
    <Answered query={found} loading={<Loading lines={10} />}>
      {(page) =>
        page.count === 0 ? (
          <EmptyState kind="nothing-matches" title={t.empty} why={t.emptyWhy} />
        ) : (
          <Card flush>
            <Save {...props} />
            <DataTable label={props.label} rows={page.people} columns={columns} keyOf={(row) => row.user_id} />
            <div className={classes.pager}>
              <span className="num" role="status">
                {ui.rows(format.number(page.offset + 1), format.number(page.offset + page.people.length), format.number(page.count))}
              </span>
              <span>
                <ActionIcon variant="subtle" color="gray" aria-label={ui.previous} disabled={offset === 0} onClick={() => turn(Math.max(0, offset - PAGE))}>
                  <ChevronLeft size={16} aria-hidden />
                </ActionIcon>
                <ActionIcon variant="subtle" color="gray" aria-label={ui.next} disabled={offset + PAGE >= page.count} onClick={() => turn(offset + PAGE)}>
                  <ChevronRight size={16} aria-hidden />
                </ActionIcon>
              </span>
            </div>
          </Card>
        )
      }
    </Answered>
  )
}

/** The whole list as a file: those at this step, each with the state that says whether they may be written to. */
function Save(props: { asked: AudienceAsked; states: readonly string[]; label: string }) {
  const t = useMessages(audienceMessages)
  const saving = useMutation({
    mutationFn: async () => {
      const people = await everyoneIn({ ...props.asked, state: [...props.states] })
      const rows = [['user_id', 'state'], ...people.map((one) => [one.user_id, one.state])]
      handOver(new Blob([csv(rows)], { type: 'text/csv' }), `${props.asked.name ?? 'audience'}-${props.states.join('-') || 'matched'}.csv`)
    },
  })
  return (
    <div className={`${classes.save} no-print`}>
      <Button size="compact-sm" variant="default" loading={saving.isPending} onClick={() => saving.mutate()}>
        {t.save}
      </Button>
      {saving.error ? <Failed error={saving.error} /> : null}
    </div>
  )
}

interface Person {
  user_id: string
  state: string
}
