import { Button, Select, Textarea, TextInput } from '@mantine/core'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useSearchParams } from 'wouter'
import { api, got, type Shapes } from '@/api/client'
import { whoAmI } from '@/api/queries'
import { useFormat, useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import { decisionsOf, outcomesByGroup, standIns, traitsToCompare } from '@/segment/queries'
import { type Column, DataTable } from '@/ui/DataTable'
import { Card, Section } from '@/ui/Page'
import { Answered, EmptyState, Failed, Loading } from '@/ui/States'
import classes from './Fairness.module.css'
import { fairnessMessages } from './fairness.messages'

type Group = Shapes['GroupOutcome']
type StandIn = Shapes['StandIn']

/** Whether groups fare alike, what stands for a trait, and who decided what. */
export default function Fairness(props: { name: string; asOf: string | undefined }) {
  const t = useMessages(fairnessMessages)
  const known = useQuery(traitsToCompare)
  const mayDefine = useQuery(whoAmI).data?.actions.includes('define') ?? false
  const [address, setAddress] = useSearchParams()
  const trait = address.get('trait') ?? known.data?.guarded[0]
  const choose = (next: string | null) =>
    setAddress(
      (before) => {
        const after = new URLSearchParams(before)
        if (next) after.set('trait', next)
        return after
      },
      { replace: true },
    )
  return (
    <>
      <Section title={t.title} lead={t.lead}>
        <Answered query={known} loading={<Card><Loading lines={6} /></Card>}>
          {({ traits, guarded }) =>
            traits.length === 0 ? (
              <EmptyState kind="nothing-yet" title={t.noTraits} why={t.noTraitsWhy} />
            ) : (
              <Card>
                <Select
                  className={classes.pick}
                  label={t.by}
                  description={t.among}
                  searchable
                  allowDeselect={false}
                  value={trait ?? null}
                  data={[...new Set([...guarded, ...traits])].map((one) => ({
                    value: one,
                    label: guarded.includes(one) ? `${wordsOf(one)} (${t.guarded})` : wordsOf(one),
                  }))}
                  onChange={choose}
                />
                {trait === undefined ? null : <Compared name={props.name} trait={trait} asOf={props.asOf} />}
              </Card>
            )
          }
        </Answered>
      </Section>
      {trait === undefined ? null : <Near trait={trait} asOf={props.asOf} />}
      {mayDefine ? <Decisions name={props.name} /> : null}
    </>
  )
}

function Compared(props: { name: string; trait: string; asOf: string | undefined }) {
  const t = useMessages(fairnessMessages)
  const format = useFormat()
  const asked = { name: props.name, trait: props.trait, as_of: props.asOf }
  const query = useQuery({ ...outcomesByGroup(asked), placeholderData: keepPreviousData, retry: false })
  const range = (low: number, high: number) => <span className={classes.range}>{t.interval(format.percent(low), format.percent(high))}</span>
  const columns: Column<Group>[] = [
    { key: 'group', title: t.group, header: true, cell: (row) => row.group },
    { key: 'people', title: t.people, align: 'end', from: 'md', cell: (row) => format.number(row.people) },
    { key: 'with', title: t.withIt, align: 'end', from: 'md', cell: (row) => format.number(row.with_outcome) },
    { key: 'rate', title: t.rate, align: 'end', cell: (row) => <>{format.percent(row.rate)}{range(row.low, row.high)}</> },
    {
      key: 'ratio',
      title: t.ratio,
      align: 'end',
      from: 'sm',
      cell: (row) =>
        row.ratio === null || row.ratio_low === null || row.ratio_high === null ? '–' : <>{format.percent(row.ratio)}{range(row.ratio_low, row.ratio_high)}</>,
    },
    { key: 'standing', title: t.standing, tight: true, cell: (row) => <span className={row.flagged ? classes.flagged : undefined}>{t.standings[row.standing] ?? row.standing}</span> },
  ]
  return (
    <Answered query={query} loading={<Loading lines={6} />}>
      {(found) => (
        <div className={classes.compared} aria-busy={query.isPlaceholderData || undefined}>
          <p className={classes.verdict}>
            {found.highest === null ? t.few : found.flagged.length === 0 ? t.fine(found.highest) : t.flagged(format.list(found.flagged), found.highest)}
          </p>
          <p className="quiet small">{t.outcome[found.outcome] ?? found.outcome}</p>
          {found.groups.length === 0 ? null : (
            <div className={classes.table}>
              <DataTable label={t.title} rows={found.groups} columns={columns} keyOf={(row) => row.group} />
            </div>
          )}
          <p className="quiet small">
            {found.unset > 0 ? t.unset(format.number(found.unset)) : null} {found.withheld > 0 ? t.withheld(format.number(found.withheld)) : null} {t.rule}
          </p>
        </div>
      )}
    </Answered>
  )
}

function Near(props: { trait: string; asOf: string | undefined }) {
  const t = useMessages(fairnessMessages)
  const format = useFormat()
  const query = useQuery({ ...standIns({ trait: props.trait, as_of: props.asOf }), retry: false })
  const columns: Column<StandIn>[] = [
    { key: 'trait', title: t.trait, header: true, wide: true, cell: (row) => wordsOf(row.trait) },
    { key: 'strength', title: t.strength, align: 'end', cell: (row) => format.number(row.cramers_v) },
    { key: 'people', title: t.people, align: 'end', from: 'sm', cell: (row) => format.number(row.people) },
    {
      key: 'stands',
      title: t.stands,
      tight: true,
      cell: (row) => (row.notable ? <span className={row.declared ? undefined : classes.flagged}>{row.declared ? t.declared : t.undeclared}</span> : '–'),
    },
  ]
  return (
    <Section title={t.proxies} lead={query.data ? t.proxiesLead(format.number(query.data.threshold)) : query.error ? undefined : '\u00a0'}>
      <Card flush={(query.data?.traits.length ?? 0) > 0}>
        <Answered query={query} loading={<Loading lines={5} />}>
          {(found) => (found.traits.length === 0 ? <p>{t.noProxies}</p> : <DataTable label={t.proxies} rows={found.traits.slice(0, 12)} columns={columns} keyOf={(row) => row.trait} />)}
        </Answered>
      </Card>
    </Section>
  )
}

function Decisions(props: { name: string }) {
  const t = useMessages(fairnessMessages)
  const format = useFormat()
  const log = useQuery(decisionsOf(props.name))
  return (
    <Section title={t.log} lead={t.logLead}>
      <Card>
        <Decide name={props.name} />
        <Answered query={log} loading={<Loading lines={4} />}>
          {(rows) =>
            rows.length === 0 ? (
              <p className={`quiet small ${classes.entries}`}>{t.noLog}</p>
            ) : (
              <ul className={classes.entries}>
                {rows.map((row) => (
                  <li key={`${row.at} ${String(row.detail.decision ?? row.actor)}`}>
                    {row.action === 'fairness.decide' ? t.decided(String(row.detail.outcome), String(row.detail.decided_by)) : t.reason(String(row.detail.because ?? ''))}
                    <div className="quiet small">{format.moment(row.at)}</div>
                  </li>
                ))}
              </ul>
            )
          }
        </Answered>
      </Card>
    </Section>
  )
}

const EMPTY = { user: '', outcome: '', because: '', by: '' }

function Decide(props: { name: string }) {
  const t = useMessages(fairnessMessages)
  const client = useQueryClient()
  const [made, setMade] = useState(EMPTY)
  const record = useMutation({
    mutationFn: () => got(api.POST('/api/v1/fairness/decisions', { body: { segment: props.name, ...made } })),
    onSuccess: () => {
      setMade(EMPTY)
      void client.invalidateQueries({ queryKey: ['fairness', 'log'] })
    },
  })
  const set = (key: keyof typeof EMPTY) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget
    setMade((before) => ({ ...before, [key]: value }))
  }
  const send = (event: FormEvent) => {
    event.preventDefault()
    record.mutate()
  }
  return (
    <form className={`${classes.form} no-print`} onSubmit={send} aria-label={t.record}>
      <TextInput required label={t.who} description={t.whoWhy} value={made.user} onChange={set('user')} />
      <TextInput required label={t.what} description={t.whatWhy} value={made.outcome} onChange={set('outcome')} />
      <Textarea className={classes.whole} required minLength={10} autosize minRows={2} label={t.because} description={t.becauseWhy} value={made.because} onChange={set('because')} />
      <TextInput required label={t.decider} value={made.by} onChange={set('by')} />
      {record.error ? <Failed error={record.error} /> : null}
      <div>
        <Button type="submit" loading={record.isPending}>
          {t.save}
        </Button>{' '}
        <span role="status" className="quiet small">{record.isSuccess ? t.saved : null}</span>
      </div>
    </form>
  )
}
