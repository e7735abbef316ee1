import { Button } from '@mantine/core'
import { scaleLinear } from 'd3-scale'
import { useId } from 'react'
import { Link, useSearchParams } from 'wouter'
import { ChartFrame } from '@/charts/ChartFrame'
import trend from '@/charts/Trend.module.css'
import { useFormat, useMessages } from '@/i18n/language'
import type { Told } from '@/predictions/queries'
import { firstPlace, peopleFrom, ruleFrom } from '@/predictions/trust'
import { useScore } from '@/predictions/useJudged'
import { written } from '@/segment/completion'
import { Card } from '@/ui/Page'
import { Range } from '@/ui/Range'
import { EmptyState } from '@/ui/States'
import { en } from './messages.en'
import { pt } from './messages.pt'
import classes from './Prediction.module.css'

const HEIGHT = 190
const EDGE = { top: 10, bottom: 26 }
/** Every so many parts one is named. */
const ROUND = [1, 2, 5, 10, 20, 25, 50]

/** How scores are spread, how many have at least so much, how often that was right, and a segment of them. */
export default function Scores(props: { told: Told }) {
  const t = useMessages({ en, pt })
  const { scores } = props.told
  if (scores === null || scores.spread.length === 0) return <EmptyState kind="nothing-yet" title={t.noScores} why={t.noScoresWhy} />
  return (
    <Card>
      <Spread told={props.told} scores={scores} />
    </Card>
  )
}

function Spread(props: { told: Told; scores: NonNullable<Told['scores']> }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const say = useScore()
  const id = useId()
  const [address, setAddress] = useSearchParams()
  const { told, scores } = props
  const { spread } = scores
  const asked = Number.parseInt(address.get('at') ?? '', 10)
  const place = Number.isInteger(asked) ? Math.max(0, Math.min(spread.length - 1, asked)) : firstPlace(spread)
  const part = spread[place]
  if (part === undefined) return null
  const many = peopleFrom(spread, place)
  const all = peopleFrom(spread, 0)
  const from = say(part.from, told.of)
  const choose = (next: number) =>
    setAddress(
      (before) => {
        const after = new URLSearchParams(before)
        after.set('at', String(next))
        return after
      },
      { replace: true },
    )
  const rows = spread.map((it) => [`${say(it.from, told.of)}–${say(it.to, told.of)}`, format.number(it.people)])
  const title = t.spread(format.number(many), from)
  return (
    <>
      <ChartFrame title={title} subtitle={t.spreadSub(format.number(all), format.day(scores.as_of))} table={{ columns: [t.from, t.people], rows }}>
        {(width) => {
          const y = scaleLinear([0, Math.max(...spread.map((it) => it.people), 1)], [HEIGHT - EDGE.bottom, EDGE.top])
          const step = width / spread.length
          const least = spread.length / Math.max(2, Math.floor(width / 90))
          const every = ROUND.find((it) => it >= least) ?? spread.length
          return (
            <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={title}>
              {spread.map((it, at) => (
                <g key={it.from}>
                  <title>{`${say(it.from, told.of)}–${say(it.to, told.of)}: ${format.number(it.people)}`}</title>
                  <rect x={at * step} y={EDGE.top} width={step} height={HEIGHT - EDGE.bottom - EDGE.top} fill="transparent" />
                  {it.people === 0 ? null : (
                    <rect x={at * step + (step > 4 ? 0.5 : 0)} y={Math.min(y(it.people), HEIGHT - EDGE.bottom - 1.5)} width={Math.max(1, step - (step > 4 ? 1 : 0))} height={Math.max(1.5, y(0) - y(it.people))} className={at >= place ? classes.chosen : classes.rest} />
                  )}
                </g>
              ))}
              <line x1={0} x2={width} y1={y(0)} y2={y(0)} stroke="var(--line-strong)" />
              <line x1={place * step} x2={place * step} y1={0} y2={y(0)} className={classes.line} />
              {spread.map((it, at) =>
                at % every === 0 ? (
                  <text key={it.from} x={at * step} y={HEIGHT - 6} textAnchor={at === 0 ? 'start' : 'middle'} className={trend.tick}>
                    {told.of === 'chance' ? say(it.from, told.of) : format.compact(it.from)}
                  </text>
                ) : null,
              )}
            </svg>
          )
        }}
      </ChartFrame>
      <div className={`${classes.slider} no-print`}>
        <label htmlFor={id}>{t.threshold}</label>
        <Range
          id={id}
          min={0}
          max={spread.length - 1}
          step={1}
          value={place}
          aria-valuetext={title}
          onChange={(event) => choose(event.currentTarget.valueAsNumber)}
        />
        <output htmlFor={id} className="num">
          {from}
        </output>
      </div>
      <div className={classes.made}>
        <p role="status" className="num">
          <strong>{title}</strong> <span className="quiet">({t.ofAll(format.percent(all === 0 ? 0 : many / all))})</span>
          . <Precision told={told} place={place} />
        </p>
        <Button component={Link} href={`/segments/new?rule=${encodeURIComponent(ruleFrom(written(told.name), part, told.of))}`} className="no-print">
          {t.makeSegment}
        </Button>
      </div>
    </>
  )
}

/** How often it came true, at past times, of those who had at least so much. */
function Precision(props: { told: Told; place: number }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { told, place } = props
  if (told.of === 'amount') return <span>{t.amountsOnly}</span>
  const then = told.test?.by_threshold?.[place]
  if (then === undefined) return <span>{t.noPrecision}</span>
  if (then.people === 0) return <span>{t.noneThere}</span>
  const whole = told.test?.positives ?? 0
  return (
    <span>
      {t.precision(format.percent(then.came / then.people), format.number(then.came), format.number(then.people))}
      {whole === 0 ? '.' : t.caught(format.percent(then.came / whole))}
    </span>
  )
}
