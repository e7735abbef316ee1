import { Button, Select } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useSearchParams } from 'wouter'
import { api, got, type Shapes } from '@/api/client'
import { useFormat, useMessages } from '@/i18n/language'
import { shown, wordsOf } from '@/people/value'
import { Section } from '@/ui/Page'
import { EmptyState, Failed, Loading } from '@/ui/States'
import classes from './Customer.module.css'
import { customerMessages } from './messages'

type Event = Shapes['TimelineEvent']
const PAGE = 40
const FEW_LINES = 8

/** What somebody did, by day, newest first. */
export function Timeline(props: { user: string; asOf: string | undefined }) {
  const t = useMessages(customerMessages)
  const format = useFormat()
  const { user, asOf } = props
  const [address, setAddress] = useSearchParams()
  const only = address.get('event')
  const found = useInfiniteQuery({
    queryKey: ['people', 'timeline', user, asOf, only],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      got(
        api.GET('/api/v1/people/timeline', {
          params: { query: { user, as_of: asOf, event: only ? [only] : undefined, limit: PAGE, offset: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (page) => (page.offset + page.events.length < page.count ? page.offset + page.events.length : undefined),
  })
  const choose = (event: string | null) =>
    setAddress((before) => {
      const after = new URLSearchParams(before)
      if (event === null) after.delete('event')
      else after.set('event', event)
      return after
    })
  if (found.data === undefined) return found.error ? <Failed error={found.error} retry={() => void found.refetch()} /> : <Loading lines={10} />
  const first = found.data.pages[0]
  const events = found.data.pages.flatMap((page) => page.events)
  const days = Map.groupBy(events, (event) => (event.at === null ? t.alwaysTrue : format.longDay(event.at)))
  return (
    <Section
      title={t.timeline}
      lead={first ? t.timelineLead(format.number(first.count)) : undefined}
      aside={
        <Select
          aria-label={t.only}
          placeholder={t.all}
          clearable
          value={only}
          onChange={choose}
          size="xs"
          data={(first?.totals ?? []).map((one) => ({ value: one.name, label: `${wordsOf(one.name)} (${format.number(one.count)})` }))}
        />
      }
    >
      {events.length === 0 ? (
        only === null ? (
          <EmptyState kind="nothing-matches" title={t.noEvents} why={t.noEventsWhy} />
        ) : (
          <EmptyState kind="filtered-away" title={t.noEvents} why={t.noEventsWhy} action={<Button variant="default" size="xs" onClick={() => choose(null)}>{t.all}</Button>} />
        )
      ) : null}
      {[...days].map(([day, some]) => (
        <section key={day} className={classes.day}>
          <h3 className={classes.dayName}>{day}</h3>
          <ol className={classes.events}>
            {some.map((event, place) => (
              <Told key={place} event={event} />
            ))}
          </ol>
        </section>
      ))}
      {found.hasNextPage ? (
        <Button variant="default" onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage} className={classes.more}>
          {t.more}
        </Button>
      ) : null}
    </Section>
  )
}

function Told(props: { event: Event }) {
  const t = useMessages(customerMessages)
  const format = useFormat()
  const { event } = props
  const title = event.title ?? wordsOf(event.name)
  return (
    <li className={classes.event}>
      <time className={`num ${classes.clock}`} dateTime={event.at ?? undefined}>
        {event.at === null ? '' : format.clock(event.at)}
      </time>
      <div className={classes.told}>
        <div className={classes.what}>{title}</div>
        <Properties of={event.properties} />
        {event.line_count > 0 ? (
          <details className={classes.lines}>
            <summary>{t.lines(format.number(event.line_count))}</summary>
            <ul>
              {event.lines.slice(0, FEW_LINES).map((line, place) => (
                <li key={place}>
                  <Properties of={line} />
                </li>
              ))}
            </ul>
            {event.line_count > FEW_LINES ? <p className="quiet tiny">{t.moreLines(format.number(event.line_count - FEW_LINES))}</p> : null}
          </details>
        ) : null}
      </div>
    </li>
  )
}

function Properties(props: { of: Record<string, unknown> }) {
  const t = useMessages(customerMessages)
  const format = useFormat()
  const entries = Object.entries(props.of)
  if (entries.length === 0) return null
  return (
    <div className={`num ${classes.properties}`}>
      {entries.map(([name, value]) => (
        <span key={name} className={classes.property}>
          <span className="quiet">{wordsOf(name)}</span> {shown(value, format, t)}
        </span>
      ))}
    </div>
  )
}
