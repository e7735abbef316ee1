import { Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Shapes } from '@/api/client'
import { segmentList } from '@/api/queries'
import { addressOf } from '@/app/address'
import { useFormat, useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import { Why } from '@/people/Why'
import { Sheet } from '@/ui/Sheet'
import { Card, Section } from '@/ui/Page'
import classes from './Customer.module.css'
import { customerMessages } from './messages'

/** The segments of a customer with since when; why for each, and why not for any other. */
export function Memberships(props: { facts: Shapes['PersonFacts']; asOf: string | undefined }) {
  const t = useMessages(customerMessages)
  const format = useFormat()
  const { facts, asOf } = props
  const [asked, ask] = useState<string | null>(null)
  const all = useQuery(segmentList(asOf))
  const mine = new Set(facts.segments.map((one) => one.name))
  const others = (all.data ?? []).filter((one) => !mine.has(one.name)).map((one) => ({ value: one.name, label: one.title ?? one.name }))
  const titleOf = (name: string) => all.data?.find((one) => one.name === name)?.title ?? name
  return (
    <Section title={t.segments} lead={t.segmentsLead}>
      <Card flush>
        {facts.segments.length === 0 ? <p className={classes.none}>{t.noSegments}</p> : null}
        <ul className={classes.memberships}>
          {facts.segments.map((one) => (
            <li key={one.name}>
              <div>
                <Link href={addressOf.segment(one.name, asOf)} className={classes.segment}>
                  {one.title ?? one.name}
                </Link>
                <div className="quiet tiny">
                  {one.name.includes('.') ? `${wordsOf(one.name.slice(0, one.name.indexOf('.')))} · ` : null}
                  {one.since === null ? t.byOthers : t.since(format.day(one.since))}
                </div>
              </div>
              <Button size="compact-xs" variant="subtle" aria-label={t.whyIn(one.title ?? one.name)} onClick={() => ask(one.name)}>
                {t.why}
              </Button>
            </li>
          ))}
        </ul>
        <div className={`${classes.whyNot} no-print`}>
          <Select
            label={t.whyNot}
            placeholder={t.whyNotPick}
            searchable
            data={others}
            value={asked !== null && !mine.has(asked) ? asked : null}
            onChange={(name) => ask(name)}
          />
        </div>
      </Card>
      <Sheet opened={asked !== null} close={() => ask(null)} title={asked === null ? '' : titleOf(asked)}>
        {asked === null ? null : <Why segment={asked} user={facts.user_id} asOf={asOf} />}
      </Sheet>
    </Section>
  )
}
