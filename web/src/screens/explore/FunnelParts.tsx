import { Link } from 'wouter'
import type { Shapes } from '@/api/client'
import { addressOf } from '@/app/address'
import { useFormat, useMessages } from '@/i18n/language'
import { type Column, DataTable } from '@/ui/DataTable'
import { Card, Section } from '@/ui/Page'
import { segmentTitled, titled } from './Choices'
import { en } from './messages.en'
import { pt } from './messages.pt'

type Part = Shapes['FunnelPart']
const DEEPEST = 30

/** The funnel of every segment beside each other: the deeper the tint, the more came so far. */
export function FunnelParts(props: { found: Shapes['FunnelFound']; words: Shapes['WordsKnown'] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const [segment, event] = [segmentTitled(props.words), titled(props.words)]
  const columns: Column<Part>[] = [
    {
      key: 'segment',
      title: t.segment,
      header: true,
      sort: (part) => segment(part.segment),
      cell: (part) => <Link href={addressOf.segment(part.segment)}>{segment(part.segment)}</Link>,
    },
    { key: 'began', title: t.began, align: 'end', sort: (part) => part.steps[0]?.count ?? 0, cell: (part) => format.number(part.steps[0]?.count ?? 0) },
    ...props.found.steps.slice(1).map(
      (step, place): Column<Part> => ({
        key: `${place} ${step.step}`,
        title: event(step.step),
        align: 'end',
        sort: (part) => part.steps[place + 1]?.of_first ?? null,
        cell: (part) => {
          const share = part.steps[place + 1]?.of_first ?? null
          if (share === null) return <span className="quiet">{t.none}</span>
          return (
            <span style={{ background: `color-mix(in srgb, var(--accent) ${Math.round(DEEPEST * share)}%, transparent)`, padding: '2px 8px', borderRadius: 6 }}>
              {format.percent(Math.round(1000 * share) / 1000)}
            </span>
          )
        },
      }),
    ),
  ]
  return (
    <Section title={t.parts} lead={t.partsLead}>
      <Card flush>
        <DataTable label={t.parts} rows={props.found.breakdown} columns={columns} keyOf={(part) => part.segment} />
      </Card>
    </Section>
  )
}
