import { Button, Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Shapes } from '@/api/client'
import { ChartFrame } from '@/charts/ChartFrame'
import { Sankey } from '@/charts/Sankey'
import { useFormat, useMessages } from '@/i18n/language'
import { Card } from '@/ui/Page'
import { Answered, EmptyState, Loading } from '@/ui/States'
import { ALWAYS, firstSteps, inWindow } from './asking'
import { AmongChoice, EventChoice, titled, WindowChoice, WordChoice } from './Choices'
import classes from './Explore.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { pathsFound } from './queries'
import { barOf, drawnTrails, END } from './trails'
import { TrailBar } from './TrailBar'
import { useChoice } from './useChoice'

const DEPTHS = ['2', '3', '4', '5', '6']
const MOSTS = ['3', '4', '5', '6', '8', '12']
const [DEPTH, MOST] = ['3', '5']
/** Narrower, and the names would stand over each other: then one scrolls. */
const COLUMN = 150

/** What do they do next? */
export default function Paths(props: { words: Shapes['WordsKnown'] }) {
  const t = useMessages({ en, pt })
  const { one, choose } = useChoice()
  const { words } = props
  const start = one('start') ?? firstSteps(words.events)[0] ?? ''
  const [segment, window, isBack] = [one('segment'), one('window') ?? ALWAYS, one('back') !== null]
  const [steps, top] = [one('steps') ?? DEPTH, one('top') ?? MOST]
  const same = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, key]))
  const query = useQuery(
    pathsFound({
      start: inWindow(start, window),
      segment,
      steps: Number(steps) || Number(DEPTH),
      top: Number(top) || Number(MOST),
      before: isBack,
      latest: false,
      repeats: one('repeats') !== null,
      details: [],
    }),
  )
  const clear = segment === null && window === ALWAYS ? undefined : () => choose({ segment: null, window: null })
  return (
    <>
      <Card>
        <div className={classes.fields}>
          <EventChoice words={words} label={t.start} value={start} onChange={(next) => choose({ start: next, bar: null })} />
          <WordChoice label={t.direction} value={isBack ? 'back' : 'forward'} words={{ forward: t.forward, back: t.back }} keys={['forward', 'back']} onChange={(next) => choose({ back: next === 'back' ? 'on' : null, bar: null })} />
          <WordChoice label={t.depth} value={steps} words={same(DEPTHS)} keys={DEPTHS} onChange={(next) => choose({ steps: next, bar: null })} />
          <WordChoice label={t.most} value={top} words={same(MOSTS)} keys={MOSTS} onChange={(next) => choose({ top: next, bar: null })} />
          <WindowChoice value={window} onChange={(next) => choose({ window: next, bar: null })} />
          <AmongChoice words={words} value={segment} onChange={(next) => choose({ segment: next, bar: null })} />
          <Checkbox label={t.repeats} checked={one('repeats') !== null} onChange={(event) => choose({ repeats: event.currentTarget.checked ? 'on' : null, bar: null })} className={classes.check} />
        </div>
      </Card>
      <Answered query={query} loading={<Card><Loading lines={10} height={28} /></Card>}>
        {(found) =>
          found.people === 0 ? (
            <Card>
              {clear === undefined ? (
                <EmptyState kind="nothing-matches" title={t.nobodyStarts(titled(words)(start))} why={t.nobodyWhy} />
              ) : (
                <EmptyState kind="filtered-away" title={t.away} why={t.awayWhy} action={<Button variant="default" size="xs" onClick={clear}>{t.clear}</Button>} />
              )}
            </Card>
          ) : (
            <div className={classes.answer} aria-busy={query.isPlaceholderData}>
              <Drawing found={found} words={words} start={start} />
            </div>
          )
        }
      </Answered>
    </>
  )
}

function Drawing(props: { found: Shapes['PathsFound']; words: Shapes['WordsKnown']; start: string }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { one, choose } = useChoice()
  const { found, words, start } = props
  const event = titled(words)
  const name = (node: string) => t.special[node] ?? (node === found.start ? event(start) : event(node))
  const { places, passages } = drawnTrails(found, name)
  const picked = places.some((place) => place.id === one('bar')) ? one('bar') : null
  const counts = new Map(found.levels.flatMap((level) => level.nodes.map((node) => [`${level.step} ${node.name}`, node.count])))
  const nameOf = (id: string) => t.node(name(barOf(id).name), barOf(id).step, format.number(counts.get(id) ?? 0))
  const next = found.levels[1]?.nodes.reduce((most, node) => (node.count > most.count ? node : most))
  const share = format.percent((next?.count ?? 0) / Math.max(1, found.people))
  const isBack = found.direction === 'before'
  const finding = next === undefined || next.name === END ? t.pathsEnded(share) : (isBack ? t.pathsFoundBack : t.pathsFound)(share, name(next.name))
  const rows = found.links.map((link) => [t.column(link.step + 1), name(isBack ? link.to : link.from), name(isBack ? link.from : link.to), link.count])
  const columns = found.levels.length
  return (
    <>
      <Card>
        <ChartFrame title={finding} subtitle={t.pathsSub(format.number(found.people), event(start))} table={{ columns: t.pathTable, rows }}>
          {(width) => (
            <div className={`${classes.scroll} slides`} tabIndex={0} role="region" aria-label={t.tabs.paths}>
              <Sankey
                places={places}
                passages={passages}
                width={Math.max(width, columns * COLUMN)}
                label={finding}
                picked={picked}
                nameOf={nameOf}
                pick={(id) => choose({ bar: id === picked ? null : id })}
              />
            </div>
          )}
        </ChartFrame>
      </Card>
      {picked === null ? null : <TrailBar key={picked} id={picked} found={found} name={name} start={start} />}
    </>
  )
}
