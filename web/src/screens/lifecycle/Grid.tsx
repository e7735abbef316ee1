import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { Problem, type Shapes } from '@/api/client'
import { useFormat, useMessages } from '@/i18n/language'
import { useAsOf } from '@/ui/AsOf'
import { Card, Section } from '@/ui/Page'
import { Answered, EmptyState, Loading } from '@/ui/States'
import classes from './Lifecycle.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { rfmGrid } from './queries'

const FIFTHS = [1, 2, 3, 4, 5]
/** How much of the accent the fullest cell has; text stays readable on it. */
const DEEPEST = 34

/** Buyers by how recently and how often: a table whose cells open as segments. */
export function Grid() {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const [asOf] = useAsOf()
  const query = useQuery(rfmGrid(asOf))
  // where nothing is bought there is nothing to ask of: that is no failure
  const nobody = query.data?.people === 0 || (query.error instanceof Problem && [404, 422].includes(query.error.status))
  return (
    <Section title={t.grid} lead={query.data ? t.gridLead(format.number(query.data.people)) : query.error ? undefined : '\u00a0'}>
      <Card>
        {nobody ? (
          <EmptyState kind="nothing-yet" title={t.noBuyers} why={t.noBuyersWhy} />
        ) : (
          <Answered query={query} loading={<Loading lines={6} height={40} />}>
            {(found) => <Cells found={found} />}
          </Answered>
        )}
      </Card>
    </Section>
  )
}

function Cells(props: { found: Shapes['RfmGrid'] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { cells, people } = props.found
  const most = Math.max(1, ...cells.map((cell) => cell.count))
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={t.grid}>
      <table className={classes.grid}>
        <caption className="hidden">{t.grid}</caption>
        <thead>
          <tr>
            <th scope="col">{t.frequency} ↑</th>
            {FIFTHS.map((recency) => (
              <th key={recency} scope="col">
                {recency}
                {recency === 1 ? ` · ${t.oldest}` : recency === 5 ? ` · ${t.latest}` : ''}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...FIFTHS].reverse().map((frequency) => (
            <tr key={frequency}>
              <th scope="row">
                {frequency}
                {frequency === 5 ? ` · ${t.most}` : frequency === 1 ? ` · ${t.least}` : ''}
              </th>
              {FIFTHS.map((recency) => {
                const cell = cells.find((one) => one.recency === recency && one.frequency === frequency)
                if (cell === undefined) return <td key={recency} />
                const depth = Math.round((DEEPEST * cell.count) / most)
                return (
                  <td key={recency}>
                    <Link
                      href={`/segments/new?rule=${encodeURIComponent(cell.rule)}`}
                      className={classes.cell}
                      style={{ background: `color-mix(in srgb, var(--accent) ${depth}%, var(--surface))` }}
                      aria-label={t.cell(format.number(cell.count), recency, frequency)}
                    >
                      <span className={`num ${classes.count}`}>{format.number(cell.count)}</span>
                      <span className={`num ${classes.share}`}>{format.percent(Math.round((1000 * cell.count) / Math.max(1, people)) / 1000)}</span>
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
