import { useQuery } from '@tanstack/react-query'
import { useMessages } from '@/i18n/language'
import { Card, Section } from '@/ui/Page'
import { Sheet } from '@/ui/Sheet'
import { Asked, type ItemOf, Items, Nothing, titleOf } from './Lists'
import { recommendMessages } from './messages'
import { recommended } from './queries'
import classes from './Recommend.module.css'

/** What goes with an item: had by the same people, and had together with it. */
export default function ItemSheet(props: { item: ItemOf; close: () => void }) {
  const t = useMessages(recommendMessages)
  return (
    <Sheet opened close={props.close} title={titleOf(props.item)}>
      <div className={classes.sheet}>
        <p className={classes.lead}>{t.itemLead}</p>
        <Along item={props.item.item} kind="similar" />
        <Along item={props.item.item} kind="together" />
      </div>
    </Sheet>
  )
}

function Along(props: { item: string; kind: 'similar' | 'together' }) {
  const t = useMessages(recommendMessages)
  const found = useQuery(recommended({ kind: props.kind, item: props.item, k: 6 }))
  return (
    <Section title={t[props.kind]}>
      <Card flush>
        <Asked query={found}>
          {(lists) => {
            const items = lists.items ?? []
            return items.length === 0 ? <Nothing kind={props.kind} /> : <Items items={items} label={t[props.kind]} plain />
          }}
        </Asked>
      </Card>
    </Section>
  )
}
