import { Button, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'wouter'
import { useMessages } from '@/i18n/language'
import { useAsOf } from '@/ui/AsOf'
import { Card, Section } from '@/ui/Page'
import { Asked, Foot, Items, MadeOf, Nothing } from './Lists'
import { recommendMessages } from './messages'
import { recommended } from './queries'
import classes from './Recommend.module.css'

const LISTS = ['new', 'again', 'next'] as const
type List = (typeof LISTS)[number]
const MANY = 6

/** What to show somebody: worked out once it is asked for, which the address remembers. */
export default function ForOne(props: { user: string }) {
  const t = useMessages(recommendMessages)
  const [asOf, setAsOf] = useAsOf()
  const [address, setAddress] = useSearchParams()
  const wanted = address.get('show')
  const list = LISTS.find((one) => one === wanted)
  const ask = (next: List) =>
    setAddress(
      (before) => {
        const after = new URLSearchParams(before)
        after.set('show', next)
        return after
      },
      { replace: true },
    )
  if (asOf !== undefined)
    return (
      <Section title={t.title}>
        <Card className={classes.before}>
          <p className="quiet">{t.onlyNow}</p>
          <Button size="xs" variant="default" onClick={() => setAsOf(undefined)}>
            {t.goNow}
          </Button>
        </Card>
      </Section>
    )
  return (
    <Section title={t.title} lead={t.lead}>
      {list === undefined ? (
        <Card className={classes.before}>
          <MadeOf>
            <Button size="xs" variant="default" onClick={() => ask('new')}>
              {t.ask}
            </Button>
          </MadeOf>
        </Card>
      ) : (
        <Card flush>
          <div className={classes.choose}>
            <SegmentedControl
              size="xs"
              fullWidth
              aria-label={t.which}
              value={list}
              onChange={(next) => ask(next as List)}
              data={LISTS.map((one) => ({ value: one, label: t.lists[one] }))}
            />
          </div>
          <OneList user={props.user} list={list} />
        </Card>
      )}
    </Section>
  )
}

function OneList(props: { user: string; list: List }) {
  const t = useMessages(recommendMessages)
  const { list } = props
  const found = useQuery(recommended({ kind: list === 'next' ? 'next' : 'for', user: props.user, k: MANY }))
  return (
    <Asked query={found}>
      {(lists) => {
        const items = (list === 'next' ? lists.items : lists[list]) ?? []
        return (
          <>
            <p className={`${classes.lead} ${classes.listLead}`}>{lists.did_nothing && list === 'new' ? t.coldStart : t.listLead[list]}</p>
            {items.length === 0 ? <Nothing kind={list} /> : <Items items={items} label={t.lists[list]} />}
            <Foot found={lists} />
          </>
        )
      }}
    </Asked>
  )
}
