import { Button, NativeSelect } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { ImageDown } from 'lucide-react'
import { useState } from 'react'
import { Waterfall } from '@/audience/Waterfall'
import { CARD, type CardSaid, resultCard } from '@/campaigns/card'
import { bestOf, marksOf, metricNames } from '@/campaigns/effects'
import { campaignResults } from '@/campaigns/queries'
import type { Campaign, Pass, Results } from '@/campaigns/shapes'
import { useFormat, useMessages } from '@/i18n/language'
import { type Column, DataTable } from '@/ui/DataTable'
import { Card, Section } from '@/ui/Page'
import { drawn, handOver } from '@/ui/picture'
import { Said } from '@/ui/Said'
import { Answered, EmptyState, Failed, Loading } from '@/ui/States'
import classes from './Campaign.module.css'
import { Forest } from './Forest'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { useEffects } from './useEffects'

/** What stays open on the day of decision will stay so. */
const UNCLEAR = "can't tell yet"

/** Did it work, by how much, how sure are we? */
export default function ResultsTab(props: { campaign: Campaign }) {
  const t = useMessages({ en, pt })
  const results = useQuery({ ...campaignResults(props.campaign.name), enabled: props.campaign.started_at !== null })
  if (props.campaign.started_at === null) return <EmptyState kind="nothing-yet" title={t.noResults} why={t.notStarted} />
  return (
    <Answered query={results} loading={<Card><Loading lines={10} /></Card>}>
      {(found) => (
        <>
          <Verdict campaign={props.campaign} found={found} />
          {Object.keys(found.metrics).length === 0 ? null : (
            <Section title={t.effects} lead={t.effectsLead}>
              <div className={classes.forests}>
                {metricNames(found).map((name) => (
                  <Card key={name}>
                    <Forest metric={name} kind={found.kinds?.[name] ?? 'mean'} arms={found.metrics[name] ?? []} />
                  </Card>
                ))}
              </div>
            </Section>
          )}
          <Arms found={found} />
          {found.passes.length === 0 ? null : <Passes passes={found.passes} />}
        </>
      )}
    </Answered>
  )
}

function Verdict(props: { campaign: Campaign; found: Results }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { found } = props
  const kind = found.kinds?.goal ?? 'mean'
  const say = useEffects(kind)
  const best = bestOf(found)
  const words = kind === 'conversion' ? t.goalFound : t.goalFoundMean
  const decision =
    found.decides_at === null ? t.decidesOpen : found.is_decided ? t.decided(format.day(found.decides_at)) : t.decides(format.day(found.decides_at))
  const verdict = found.verdict === null ? t.noResults : found.is_decided && found.verdict === UNCLEAR ? t.unclear : (t.verdicts[found.verdict] ?? found.verdict)
  const sentences =
    best?.effect == null
      ? []
      : [
          words(say.effect(best.effect), say.span(best.low, best.high)),
          ...(best.total == null || best.total_low == null || best.total_high == null
            ? []
            : [t.total(say.total(best.total), t.span(say.total(best.total_low), say.total(best.total_high)))]),
        ]
  const counted = t.counted(format.number(found.counted), format.number(found.waiting))
  const { campaign } = props
  const card: CardSaid = {
    title: campaign.title ?? campaign.name,
    verdict,
    sentences,
    marks: marksOf(found.metrics.goal ?? []).map((it) => ({ ...it, words: `${t.armName(it.arm)}: ${say.effect(it.effect)} (${say.span(it.low, it.high)})` })),
    foot: `${decision} ${counted} ${t.asOf(format.day(found.as_of))}`,
  }
  return (
    <Card>
      <div className={classes.verdictHead}>
        <p className={classes.verdict}>{verdict}</p>
        {found.verdict === null ? null : <SaveCard card={card} name={campaign.name} />}
      </div>
      {sentences.length === 0 ? null : <p className={classes.said}>{sentences.join(' ')}</p>}
      <p className={`quiet ${classes.said}`}>
        {decision} {counted}{' '}
        {found.crossed > 0 ? t.crossed(format.number(found.crossed)) : null}
      </p>
      {found.warnings.map((one) => (
        <p key={one} className={classes.said}>
          <Said>{one}</Said>
        </p>
      ))}
    </Card>
  )
}

/** The result as one picture, for a slide or a message. */
function SaveCard(props: { card: CardSaid; name: string }) {
  const t = useMessages({ en, pt })
  const saving = useMutation({
    mutationFn: async () => handOver(await drawn(resultCard(props.card), CARD.width, CARD.height), `${props.name}.png`),
  })
  return (
    <>
      <Button size="xs" variant="default" leftSection={<ImageDown size={15} aria-hidden />} loading={saving.isPending} onClick={() => saving.mutate()}>
        {t.saveCard}
      </Button>
      {saving.error ? <Failed error={saving.error} /> : null}
    </>
  )
}

function Arms(props: { found: Results }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { found } = props
  const kind = found.kinds?.goal ?? 'mean'
  const say = useEffects(kind)
  const names = Object.keys(found.assigned)
  const done = (arm: string) => found.engagement.find((one) => one.arm === arm)
  const count = (value: number | undefined) => (value === undefined ? t.none : format.number(value))
  const columns: Column<string>[] = [
    { key: 'arm', title: t.arm, header: true, cell: (arm) => t.armName(arm) },
    { key: 'planned', title: t.planned, align: 'end', from: 'sm', cell: (arm) => (found.srm?.planned[arm] === undefined ? t.none : format.percent(found.srm.planned[arm])) },
    { key: 'assigned', title: t.assigned, align: 'end', cell: (arm) => format.number(found.assigned[arm] ?? 0) },
    { key: 'mean', title: kind === 'conversion' ? t.mean : t.meanOf, align: 'end', cell: (arm) => say.mean(found.metrics.goal?.find((one) => one.arm === arm)?.mean ?? null) },
    { key: 'sent', title: t.sent, align: 'end', from: 'sm', cell: (arm) => count(done(arm)?.sent) },
    { key: 'opened', title: t.opened, align: 'end', from: 'md', cell: (arm) => count(done(arm)?.opened) },
    { key: 'clicked', title: t.clicked, align: 'end', from: 'md', cell: (arm) => count(done(arm)?.clicked) },
    { key: 'rate', title: t.rate, align: 'end', from: 'lg', cell: (arm) => (done(arm)?.rate == null ? t.none : format.percent(done(arm)?.rate ?? 0)) },
  ]
  const p = new Intl.NumberFormat(format.locale, { maximumSignificantDigits: 2 }).format(found.srm?.p ?? 1)
  return (
    <Section title={t.arms}>
      <Card flush>
        <DataTable label={t.arms} rows={names} columns={columns} keyOf={(arm) => arm} />
      </Card>
      {found.srm === null ? null : (
        <p className={found.srm.ok ? undefined : classes.bad} style={{ margin: 0 }}>
          <strong>{t.split}</strong> {found.srm.ok ? t.splitOk(p) : t.splitBad(p)}
        </p>
      )}
    </Section>
  )
}

function Passes(props: { passes: readonly Pass[] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const [place, choose] = useState(props.passes.length - 1)
  const pass = props.passes[place] ?? props.passes.at(-1)
  if (pass === undefined) return null
  return (
    <Section title={t.passes}>
      <Card>
        {props.passes.length > 1 ? (
          <NativeSelect
            label={t.pass}
            value={String(place)}
            onChange={(event) => choose(Number(event.currentTarget.value))}
            data={props.passes.map((one, at) => ({ value: String(at), label: format.moment(one.at) })).reverse()}
            style={{ maxWidth: 320, marginBottom: 16 }}
          />
        ) : null}
        <Waterfall counts={pass.waterfall} subtitle={format.moment(pass.at)} />
      </Card>
    </Section>
  )
}
