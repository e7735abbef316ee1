import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Search, UserRound } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { addressOf } from '@/app/address'
import { BringLink } from '@/bring/BringLink'
import { useFormat, useMessages } from '@/i18n/language'
import { peopleFound } from '@/people/queries'
import { Card, Page } from '@/ui/Page'
import { Answered, EmptyState } from '@/ui/States'
import classes from './Customers.module.css'
import { customersMessages } from './messages'

const MOST = 30

/** Finding one customer. */
export default function Customers() {
  const t = useMessages(customersMessages)
  const format = useFormat()
  const [text, setText] = useState('')
  const [wanted] = useDebouncedValue(text.trim(), 150)
  const found = useQuery({ ...peopleFound(wanted, MOST), placeholderData: keepPreviousData })
  return (
    <Page title={t.title} lead={t.lead}>
      <TextInput
        label={t.find}
        description={t.hint}
        size="md"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        leftSection={<Search size={17} aria-hidden />}
        className={classes.find}
        type="search"
      />
      <Answered query={found}>
        {({ count, user_ids }) =>
          user_ids.length > 0 ? (
            <div>
              <p className={`num ${classes.count}`} role="status">
                {t.some(format.number(user_ids.length), format.number(count))}
              </p>
              <Card flush>
                <ul className={classes.list}>
                  {user_ids.map((id) => (
                    <li key={id}>
                      <Link href={addressOf.customer(id)} className={classes.one}>
                        <UserRound size={16} strokeWidth={1.75} aria-hidden />
                        {id}
                      </Link>
                    </li>
                  ))}
                </ul>
              </Card>
            </div>
          ) : wanted === '' ? (
            <EmptyState kind="nothing-yet" title={t.empty} why={t.emptyWhy} action={<BringLink />} />
          ) : (
            <EmptyState kind="nothing-matches" title={t.none} why={t.noneWhy(wanted)} />
          )
        }
      </Answered>
    </Page>
  )
}
