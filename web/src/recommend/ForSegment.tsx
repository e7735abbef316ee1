import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { Shapes } from '@/api/client'
import { addressOf } from '@/app/address'
import { useMessages } from '@/i18n/language'
import { segmentRoster } from '@/segment/queries'
import { Card, Section } from '@/ui/Page'
import { Answered, EmptyState, Loading } from '@/ui/States'
import { Asked, Foot, Items, MadeOf, Nothing } from './Lists'
import { recommendMessages } from './messages'
import { recommended, recommendingSaid } from './queries'
import classes from './Recommend.module.css'

const SOME = 6

/** What rises among the members of a segment, and what some of them would be shown. */
export default function ForSegment(props: { segment: Shapes['SegmentFacts'] }) {
  const said = useQuery(recommendingSaid)
  const { segment } = props
  return (
    <>
      <MadeOf />
      {said.data?.event ? (
        <>
          <Trending segment={segment.name} />
          <Members segment={segment.name} />
        </>
      ) : null}
    </>
  )
}

function Trending(props: { segment: string }) {
  const t = useMessages(recommendMessages)
  const found = useQuery(recommended({ kind: 'trending', segment: props.segment, k: 8 }))
  return (
    <Section title={t.trending} lead={t.trendingLead}>
      <Card flush>
        <Asked query={found}>
          {(lists) => (
            <>
              {lists.items?.length ? <Items items={lists.items} label={t.trending} wide /> : <Nothing kind="trending" />}
              <Foot found={lists} />
            </>
          )}
        </Asked>
      </Card>
    </Section>
  )
}

function Members(props: { segment: string }) {
  const t = useMessages(recommendMessages)
  const roster = useQuery(segmentRoster({ name: props.segment, limit: SOME, offset: 0 }))
  return (
    <Section title={t.members} lead={t.membersLead}>
      <Answered query={roster} loading={<Loading lines={5} />}>
        {(found) =>
          found.rows.length === 0 ? (
            <EmptyState kind="nothing-matches" title={t.noMembers} why={t.noMembersWhy} />
          ) : (
            <div className={classes.members}>
              {found.rows.map((row) => (
                <Member key={row.user_id} user={row.user_id} />
              ))}
            </div>
          )
        }
      </Answered>
    </Section>
  )
}

function Member(props: { user: string }) {
  const t = useMessages(recommendMessages)
  const found = useQuery(recommended({ kind: 'for', user: props.user, k: 3 }))
  return (
    <Card flush>
      <Link href={`${addressOf.customer(props.user)}?show=new`} className={classes.who}>
        {props.user}
      </Link>
      <Asked query={found} lines={3}>
        {(lists) => (lists.new?.length ? <Items items={lists.new} label={`${props.user}: ${t.lists.new}`} plain /> : <Nothing kind="new" />)}
      </Asked>
    </Card>
  )
}
