import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Shapes } from '@/api/client'
import { whoAmI } from '@/api/queries'
import { workNow } from '@/bring/queries'
import { runSource, sourcesKnown, trySource } from '@/data/queries'
import { useFormat, useMessages } from '@/i18n/language'
import { Card, Section } from '@/ui/Page'
import { Said } from '@/ui/Said'
import { Sheet } from '@/ui/Sheet'
import { Answered, EmptyState, Failed, Loading } from '@/ui/States'
import classes from './Data.module.css'
import own from './Places.module.css'
import { placesMessages } from './places.messages'
import { VerdictMark } from './VerdictMark'

type Place = Shapes['SourceTold']

const VERDICTS: Record<string, string> = { well: 'good', failed: 'poor' }
const ADD = 'shoal source add orders \\\n  --from exports/orders \\\n  --map orders.yml --every 1h'

/** Places that are read again and again: how each stands, what would come, and a run now. */
export function Places() {
  const t = useMessages(placesMessages)
  const mayDefine = useQuery(whoAmI).data?.actions.includes('define') ?? false
  const places = useQuery({ ...sourcesKnown, enabled: mayDefine })
  if (!mayDefine) return null
  return (
    <Section title={t.title} lead={t.lead}>
      <Card flush>
        <Answered query={places} loading={<div className={classes.item}><Loading lines={3} /></div>}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState
                kind="nothing-yet"
                title={t.none}
                why={
                  <>
                    {t.noneWhy}
                    <pre className={own.text}>{ADD}</pre>
                  </>
                }
              />
            ) : (
              rows.map((one) => <OnePlace key={one.name} place={one} />)
            )
          }
        </Answered>
      </Card>
    </Section>
  )
}

function OnePlace(props: { place: Place }) {
  const t = useMessages(placesMessages)
  const format = useFormat()
  const [shown, show] = useState<'file' | 'try' | null>(null)
  const { place } = props
  const what = [
    place.kind === null ? null : (t.kinds[place.kind] ?? place.kind),
    place.from,
    place.mapping === null ? null : t.by(place.mapping),
    place.kind === null ? null : place.every === null ? t.byHand : t.every(place.every),
  ]
  return (
    <section className={classes.item} aria-labelledby={`place-${place.name}`}>
      <div className={classes.itemHead}>
        <div>
          <h3 id={`place-${place.name}`} className={classes.name}>{place.name}</h3>
          <div className={classes.sub}>{what.filter(Boolean).join(' · ')}</div>
        </div>
        <VerdictMark verdict={VERDICTS[place.state] ?? 'unknown'} words={t.states[place.state] ?? place.state} />
      </div>
      <dl className={own.facts}>
        <div>
          <dt>{t.last}</dt>
          <dd>{place.ran_at === null ? t.never : format.moment(place.ran_at)}</dd>
        </div>
        {place.due_at === null ? null : (
          <div>
            <dt>{t.next}</dt>
            <dd>{format.moment(place.due_at)}</dd>
          </div>
        )}
        {place.ran_at === null ? null : (
          <div>
            <dt>{t.brought}</dt>
            <dd>
              {format.number(place.imported)} <small>{t.ofRows(format.number(place.rows))}</small>
              {place.rejected > 0 ? <small> · {t.rejected(format.number(place.rejected))}</small> : null}
              {place.left > 0 ? <small> · {t.left(format.number(place.left))}</small> : null}
            </dd>
          </div>
        )}
      </dl>
      {place.drift.length === 0 ? null : (
        <div>
          <p className={classes.note}>{t.changed}</p>
          <ul className={own.told}>
            {place.drift.map((one) => (
              <li key={one}>
                <Said whole>{one}</Said>
              </li>
            ))}
          </ul>
        </div>
      )}
      {place.failure === null ? null : (
        <div>
          <p className={classes.note}>
            {place.failures > 1 ? t.failedTimes(format.number(place.failures)) : t.wrong}
          </p>
          <p className={own.wrong}>
            <Said whole>{place.failure}</Said>
          </p>
        </div>
      )}
      <div className={classes.actions}>
        <RunNow name={place.name} />
        <Button size="compact-sm" variant="default" aria-label={t.tryOf(place.name)} onClick={() => show('try')}>
          {t.try}
        </Button>
        {place.text === null ? null : (
          <Button size="compact-sm" variant="subtle" aria-label={t.fileOf(place.name)} onClick={() => show('file')}>
            {t.file}
          </Button>
        )}
      </div>
      <Sheet opened={shown === 'file'} title={t.fileOf(place.name)} close={() => show(null)}>
        <p>{t.fileWhy(place.name)}</p>
        <pre className={own.text}>{place.text}</pre>
      </Sheet>
      <Sheet opened={shown === 'try'} title={t.tried(place.name)} close={() => show(null)}>
        <Tried name={place.name} />
      </Sheet>
    </section>
  )
}

/** A run that does not wait for its time; one piece of work goes on at once, so others wait for it. */
function RunNow(props: { name: string }) {
  const t = useMessages(placesMessages)
  const format = useFormat()
  const client = useQueryClient()
  const [mine, setMine] = useState(false)
  const work = useQuery({ ...workNow, enabled: mine }).data
  const isMine = mine && work?.kind === 'source' && work.subject === props.name
  const before = useRef<string | undefined>(undefined)
  const run = useMutation({
    mutationFn: () => runSource(props.name),
    onSuccess: (begun) => {
      client.setQueryData(workNow.queryKey, begun)
      before.current = 'running'
      setMine(true)
    },
  })
  const state = isMine ? work.state : undefined
  useEffect(() => {
    if (before.current === 'running' && state !== undefined && state !== 'running') void client.invalidateQueries()
    if (state !== undefined) before.current = state
  }, [state, client])
  const said = isMine && work.answer !== null && typeof work.answer.imported === 'number' ? work.answer.imported : null
  // a run that came to no end brought in what it told, and says why: it is not simply done
  const failure = isMine && typeof work.answer?.failure === 'string' ? work.answer.failure : null
  const problem = state === 'failed' ? [work?.problem?.title, work?.problem?.detail].filter(Boolean).join(': ') : failure
  return (
    <>
      <Button size="compact-sm" aria-label={t.runOf(props.name)} loading={run.isPending || state === 'running'} onClick={() => run.mutate()}>
        {t.run}
      </Button>
      <span role="status" className="quiet small">
        {state === 'running' ? t.running : state === 'done' && said !== null && (said > 0 || failure === null) ? t.ran(format.number(said)) : null}{' '}
        {problem === null ? null : `${t.runFailed} ${problem}`}
      </span>
      {run.error ? <Failed error={run.error} /> : null}
    </>
  )
}

function Tried(props: { name: string }) {
  const t = useMessages(placesMessages)
  const tried = useQuery({ queryKey: ['data', 'sources', 'try', props.name], queryFn: () => trySource(props.name), staleTime: 0, gcTime: 0, retry: false })
  return (
    <Answered query={tried} loading={<Loading lines={6} />}>
      {(found) => (
        <>
          <ul className={own.told}>
            {found.files.map((one) => (
              <li key={one.file}>
                <strong>{one.file}</strong> {t.wouldBe[one.state] ?? one.state}
                {one.why === null ? null : (
                  <>
                    : <Said>{one.why}</Said>
                  </>
                )}
              </li>
            ))}
          </ul>
          {found.files.length === 0 ? (
            <p>{t.nothing}</p>
          ) : (
            found.says.map((one) => (
              <p key={one}>
                <Said>{one}</Said>
              </p>
            ))
          )}
        </>
      )}
    </Answered>
  )
}
