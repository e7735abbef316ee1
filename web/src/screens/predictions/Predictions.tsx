import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useFormat, useMessages } from '@/i18n/language'
import { predictionList, type Row } from '@/predictions/queries'
import { TrustMark } from '@/predictions/TrustMark'
import { TRUSTS, trustOf } from '@/predictions/trust'
import { useJudged } from '@/predictions/useJudged'
import { Working } from '@/predictions/Working'
import { type Column, DataTable } from '@/ui/DataTable'
import { Card, Page } from '@/ui/Page'
import { Said } from '@/ui/Said'
import { Answered, EmptyState, Loading } from '@/ui/States'
import { predictionsMessages } from './messages'
import classes from './Predictions.module.css'

/** Which predictions are there, and which of them can be trusted? */
export default function Predictions() {
  const t = useMessages(predictionsMessages)
  const list = useQuery(predictionList)
  const columns = useColumns()
  const titleOf = (name: string) => list.data?.predictions.find((one) => one.name === name)?.title ?? name
  return (
    <Page title={t.title} lead={t.lead}>
      <Answered query={list} loading={<Card><Loading lines={6} height={32} /></Card>}>
        {(found) =>
          found.predictions.length === 0 ? (
            <EmptyState
              kind="nothing-yet"
              title={t.none}
              why={
                <>
                  <Said>{t.noneWhy}</Said>
                  <pre className={classes.file}>{'predictions:\n  will_buy:\n    target: did order_completed in next 30d'}</pre>
                </>
              }
            />
          ) : (
            <>
              <Working work={found.work} titleOf={titleOf} />
              <Card flush>
                <DataTable label={t.title} rows={found.predictions} columns={columns} keyOf={(row) => row.name} />
              </Card>
            </>
          )
        }
      </Answered>
    </Page>
  )
}

function useColumns(): readonly Column<Row>[] {
  const t = useMessages(predictionsMessages)
  const format = useFormat()
  const judged = useJudged()
  const sorts = (it: Row) => it.last_test?.auc ?? it.last_test?.rank_correlation ?? null
  return [
    {
      key: 'name',
      title: t.name,
      header: true,
      sort: (row) => row.title ?? row.name,
      cell: (row) => (
        <>
          <Link href={`/predictions/${encodeURIComponent(row.name)}`} className={classes.name}>
            {row.title ?? row.name}
          </Link>
          <div className={classes.sentence}>{row.sentence}</div>
        </>
      ),
    },
    {
      key: 'trust',
      title: t.trust,
      sort: (row) => TRUSTS.indexOf(trustOf(row)),
      cell: (row) => (
        <div className={classes.trust}>
          <TrustMark row={row} />
          <div className={classes.because}>
            <Said>{judged(row)}</Said>
          </div>
        </div>
      ),
    },
    {
      key: 'ranks',
      title: t.ranks,
      align: 'end',
      from: 'md',
      sort: sorts,
      cell: (row) => {
        const value = sorts(row)
        if (value === null) return '–'
        const said = (it: number) => (row.of === 'chance' ? format.percent(Math.round(it * 100) / 100) : format.number(it))
        const recency = row.last_test?.recency ?? null
        return (
          <>
            {said(value)}
            {recency === null ? null : <div className={classes.note}>{t.ranksNote(said(recency))}</div>}
          </>
        )
      },
    },
    {
      key: 'tenth',
      title: t.tenth,
      align: 'end',
      from: 'lg',
      sort: (row) => row.last_test?.top_decile ?? null,
      cell: (row) => {
        const share = row.last_test?.top_decile
        if (share == null) return '–'
        return (
          <>
            {format.percent(share)}
            <div className={classes.note}>{t.tenthNote(format.number(Math.round(share * 100) / 10))}</div>
          </>
        )
      },
    },
    {
      key: 'scored',
      title: t.scored,
      align: 'end',
      from: 'sm',
      sort: (row) => row.last_scored?.people ?? null,
      cell: (row) =>
        row.last_scored === null ? (
          '–'
        ) : (
          <>
            {format.number(row.last_scored.people)}
            <div className={classes.note}>{format.day(row.last_scored.as_of)}</div>
          </>
        ),
    },
  ]
}
