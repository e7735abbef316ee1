import { useQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'wouter'
import type { Shapes } from '@/api/client'
import { segmentList } from '@/api/queries'
import { addressOf } from '@/app/address'
import { useFormat, useMessages } from '@/i18n/language'
import { useAsOf } from '@/ui/AsOf'
import { Card, Section } from '@/ui/Page'
import { Answered, EmptyState, Loading } from '@/ui/States'
import classes from './Lifecycle.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { overlapOf } from './queries'

const MOST = 8
const titleOf = (row: Shapes['SegmentRow']) => row.title ?? row.name
/** How much of the accent a cell has whose people are all in the other segment, too. */
const DEEPEST = 34

/** How far segments hold the same people: of each row's, how many are in the column's, too. */
export function Overlap() {
  const t = useMessages({ en, pt })
  const [asOf] = useAsOf()
  return (
    <Section title={t.overlap} lead={t.overlapLead}>
      <Card>
        <Answered query={useQuery(segmentList(asOf))} loading={<Loading lines={6} height={36} />}>
          {(rows) => (rows.length < 2 ? <EmptyState kind="nothing-yet" title={t.tooFew} why={t.tooFewWhy} /> : <Chosen rows={rows} asOf={asOf} />)}
        </Answered>
      </Card>
    </Section>
  )
}

function Chosen(props: { rows: readonly Shapes['SegmentRow'][]; asOf: string | undefined }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { rows, asOf } = props
  const [address, setAddress] = useSearchParams()
  const there = new Set(rows.map((row) => row.name))
  const wanted = address.getAll('with').filter((name) => there.has(name))
  const chosen = wanted.length > 0 ? wanted.slice(0, MOST) : largest(rows)
  const choose = (names: readonly string[]) =>
    setAddress(
      (before) => {
        const after = new URLSearchParams(before)
        after.delete('with')
        for (const name of names) after.append('with', name)
        return after
      },
      { replace: true },
    )
  return (
    <>
      <details className={classes.choosing}>
        <summary>{t.chosen(format.number(chosen.length), format.number(rows.length))}</summary>
        <fieldset>
          <legend className="hidden">{t.overlap}</legend>
          {rows.map((row) => {
            const isIn = chosen.includes(row.name)
            return (
              <label key={row.name}>
                <input
                  type="checkbox"
                  checked={isIn}
                  disabled={isIn ? chosen.length <= 2 : chosen.length >= MOST}
                  onChange={() => choose(isIn ? chosen.filter((name) => name !== row.name) : [...chosen, row.name])}
                />
                <span>
                  {titleOf(row)}
                  {row.partition === null ? null : <span className="quiet"> · {row.partition.replaceAll('_', ' ')}</span>}
                </span>
              </label>
            )
          })}
        </fieldset>
      </details>
      <Answered query={useQuery(overlapOf(chosen, asOf))} loading={<Loading lines={chosen.length + 1} height={40} />}>
        {(found) => <Matrix found={found} titles={new Map(rows.map((row) => [row.name, titleOf(row)]))} asOf={asOf} />}
      </Answered>
    </>
  )
}

function Matrix(props: { found: Shapes['OverlapsFound']; titles: ReadonlyMap<string, string>; asOf: string | undefined }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { segments, shared } = props.found
  const title = (name: string) => props.titles.get(name) ?? name
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={t.overlap}>
      <table className={`${classes.grid} ${classes.overlap}`}>
        <caption className="hidden">{t.overlap}</caption>
        <thead>
          <tr>
            <td />
            {segments.map((one) => (
              <th key={one.name} scope="col">
                {title(one.name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {segments.map((one, row) => (
            <tr key={one.name}>
              <th scope="row">
                <Link href={addressOf.segment(one.name, props.asOf)}>{title(one.name)}</Link>
                <span className="num quiet"> {format.number(one.size)}</span>
              </th>
              {segments.map((other, column) => {
                if (other.name === one.name) return <td key={other.name} className={classes.same} />
                const both = shared[row]?.[column] ?? 0
                const share = one.size === 0 ? 0 : both / one.size
                return (
                  <td key={other.name}>
                    <Link
                      href={`/segments/new?rule=${encodeURIComponent(`in segment ${one.name} and in segment ${other.name}`)}`}
                      className={`num ${classes.cell}`}
                      style={{ background: `color-mix(in srgb, var(--accent) ${Math.round(DEEPEST * share)}%, var(--surface))` }}
                      aria-label={t.both(format.number(both), title(one.name), format.percent(share), title(other.name))}
                    >
                      {format.percent(share)}
                    </Link>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The largest that anybody is in; places of a partition never share anybody, so others come first. */
const largest = (rows: readonly Shapes['SegmentRow'][]) =>
  [...rows]
    .sort((a, b) => Number(a.partition !== null) - Number(b.partition !== null) || b.size - a.size)
    .slice(0, MOST)
    .map((row) => row.name)
