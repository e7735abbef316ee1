import { NativeSelect, Select } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'wouter'
import type { Shapes } from '@/api/client'
import { whoAmI } from '@/api/queries'
import audienceClasses from '@/audience/Audience.module.css'
import { audienceMessages } from '@/audience/messages'
import { audienceShown, wordsKnown } from '@/audience/queries'
import { Waterfall } from '@/audience/Waterfall'
import { useFormat, useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import { Card, Section } from '@/ui/Page'
import { Said } from '@/ui/Said'
import { Answered, EmptyState, Loading } from '@/ui/States'

const CHANNELS = ['', 'email', 'sms', 'push', 'webhook', 'ticket'] as const
const HOLDOUTS = ['0%', '5%', '10%', '20%', '50%'] as const

/** Who of a segment may be written to, and what stops the others. */
export default function Reach(props: { segment: Shapes['SegmentFacts']; asOf: string | undefined }) {
  const t = useMessages(audienceMessages)
  const format = useFormat()
  const { segment, asOf } = props
  const me = useQuery(whoAmI)
  const words = useQuery(wordsKnown)
  const [address, setAddress] = useSearchParams()
  const purpose = address.get('purpose') ?? segment.purpose ?? (words.data?.purposes.length === 1 ? words.data.purposes[0] : undefined)
  const channel = address.get('channel') ?? ''
  const holdout = address.get('holdout') ?? '0%'
  const asked = { name: segment.name, purpose, channel: channel || undefined, holdout, as_of: asOf }
  const found = useQuery({ ...audienceShown(asked), enabled: purpose !== undefined, placeholderData: keepPreviousData })
  const choose = (key: string, value: string | null) =>
    setAddress(
      (before) => {
        const after = new URLSearchParams(before)
        if (value) after.set(key, value)
        else after.delete(key)
        return after
      },
      { replace: true },
    )
  if (words.data === undefined) return <Answered query={words}>{() => null}</Answered>
  const purposes = [...new Set([...words.data.purposes, ...(purpose === undefined ? [] : [purpose])])]
  if (purposes.length === 0) return <EmptyState kind="nothing-yet" title={t.noPurpose} why={t.noPurposeWhy} />
  const shares = (HOLDOUTS as readonly string[]).includes(holdout) ? HOLDOUTS : [...HOLDOUTS, holdout]
  return (
    <Section title={t.to} lead={t.lead}>
      <Card>
        <div className={audienceClasses.fields} role="group" aria-label={t.asked}>
          <Select
            label={t.purpose}
            placeholder={t.purposePick}
            value={purpose ?? null}
            data={purposes.map((one) => ({ value: one, label: wordsOf(one) }))}
            allowDeselect={false}
            onChange={(value) => choose('purpose', value)}
          />
          <NativeSelect
            label={t.channel}
            value={channel}
            data={CHANNELS.map((one) => ({ value: one, label: t.channels[one] ?? one }))}
            onChange={(event) => choose('channel', event.currentTarget.value)}
          />
          <NativeSelect
            label={t.holdout}
            value={holdout}
            data={shares.map((one) => ({ value: one, label: one === '0%' ? t.nobodyLeft : format.percent(Number.parseFloat(one) / 100) }))}
            onChange={(event) => choose('holdout', event.currentTarget.value)}
          />
        </div>
        {purpose === undefined ? (
          <EmptyState kind="filtered-away" title={t.which} why={t.whichWhy} />
        ) : (
          <Answered query={found} loading={<Loading lines={9} height={24} />}>
            {(shown) => (
              <div aria-busy={found.isPlaceholderData || undefined}>
                <Waterfall
                  counts={shown}
                  subtitle={t.by(wordsOf(shown.purpose), shown.channels.length === 0 ? t.everywhere : format.list(shown.channels.map((one) => t.channels[one] ?? one)))}
                  asked={me.data?.actions.includes('people') ? asked : undefined}
                />
                {shown.warnings.length === 0 ? null : (
                  <ul className={audienceClasses.warnings}>
                    {shown.warnings.map((one) => (
                      <li key={one}>
                        <Said>{one}</Said>
                      </li>
                    ))}
                  </ul>
                )}
              </div>
            )}
          </Answered>
        )}
      </Card>
    </Section>
  )
}
