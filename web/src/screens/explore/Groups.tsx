import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from 'wouter'
import { Problem, type Shapes } from '@/api/client'
import { useFormat, useMessages } from '@/i18n/language'
import { Card, Section } from '@/ui/Page'
import { Said } from '@/ui/Said'
import { Answered, EmptyState, Loading } from '@/ui/States'
import { builderOf } from './asking'
import { AmongChoice, WordChoice } from './Choices'
import classes from './Explore.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { groupsFound } from './queries'
import { useChoice } from './useChoice'

const AUTO = ''
const COUNTS = [AUTO, '2', '3', '4', '5', '6', '7', '8', '10', '12']
const TOLD = 4

/** Which groups are there that nobody asked for? */
export default function Groups(props: { words: Shapes['WordsKnown'] }) {
  const t = useMessages({ en, pt })
  const { one, choose } = useChoice()
  const [segment, k] = [one('segment'), one('k') ?? AUTO]
  const client = useQueryClient()
  const asked = groupsFound({ segment, k: Number(k) || null })
  const query = useQuery(asked)
  const isStopped = query.isPending && query.fetchStatus === 'idle'
  const words = { ...Object.fromEntries(COUNTS.map((count) => [count, count])), [AUTO]: t.countAuto }
  const tooFew = query.error instanceof Problem && query.error.status === 400
  return (
    <>
      <p className={classes.intro}>{t.groupsLead}</p>
      <Card>
        <div className={classes.fields}>
          <WordChoice label={t.count} value={k} words={words} keys={COUNTS} onChange={(next) => choose({ k: next })} />
          <AmongChoice words={props.words} value={segment} onChange={(next) => choose({ segment: next })} />
        </div>
      </Card>
      {tooFew ? (
        <Card>
          <EmptyState
            kind={segment === null ? 'nothing-yet' : 'filtered-away'}
            title={t.tooFew}
            why={query.error?.message}
            action={segment === null ? undefined : <Button variant="default" size="xs" onClick={() => choose({ segment: null })}>{t.everybody}</Button>}
          />
        </Card>
      ) : isStopped ? (
        <Card>
          <EmptyState kind="nothing-yet" title={t.stopped} why={t.stoppedWhy} action={<Button size="xs" onClick={() => void query.refetch()}>{t.lookAgain}</Button>} />
        </Card>
      ) : (
        <Answered query={query} loading={<Looking stop={() => void client.cancelQueries({ queryKey: asked.queryKey })} />}>
          {(found) => <Found found={found} />}
        </Answered>
      )}
    </>
  )
}

/** It takes long, so it says what it does instead of only looking busy. */
function Looking(props: { stop: () => void }) {
  const t = useMessages({ en, pt })
  return (
    <Card>
      <div className={classes.looking}>
        <div role="status">
          <strong>{t.looking}</strong>
          <p className="quiet small">{t.lookingWhy}</p>
        </div>
        <Button variant="default" size="xs" onClick={props.stop}>
          {t.stop}
        </Button>
      </div>
      <Loading lines={6} height={28} />
    </Card>
  )
}

function Found(props: { found: Shapes['GroupsFound'] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { found } = props
  return (
    <>
      <Section title={t.groupsFound(format.number(found.clusters.length), format.number(found.people))} lead={t.verdicts[found.verdict ?? '']}>
        <div className={classes.groups}>
          {found.clusters.map((group) => (
            <Group key={group.name} group={group} />
          ))}
        </div>
      </Section>
      {found.notes.length > 0 ? (
        <Section title={t.notes}>
          <ul className={classes.notes}>
            {found.notes.map((note) => (
              <li key={note}>
                <Said whole>{note}</Said>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
    </>
  )
}

function Group(props: { group: Shapes['GroupFound'] }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { group } = props
  const value = (number: number | null, unit: string | null) => (number === null ? t.none : unit === 'days' ? t.days(format.number(Math.round(number))) : format.number(number))
  return (
    <Card className={classes.group}>
      <div className={classes.stepHead}>
        <h3 className={classes.small}>{group.title}</h3>
        <span className="num">
          <strong>{format.number(group.size)}</strong> <span className="quiet">{format.percent(group.share)}</span>
        </span>
      </div>
      <div className={classes.track}>
        <div className={classes.bar} style={{ inlineSize: `${100 * group.share}%` }} />
      </div>
      <table className={classes.traits}>
        <thead>
          <tr>
            <th scope="col">{t.behaviour}</th>
            <th scope="col">{t.here}</th>
            <th scope="col">{t.all}</th>
          </tr>
        </thead>
        <tbody>
          {group.traits.slice(0, TOLD).map((trait) => (
            <tr key={trait.name}>
              <th scope="row">{trait.title}</th>
              <td className="num">{value(trait.here, trait.unit)}</td>
              <td className="num quiet">{value(trait.everyone, trait.unit)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes.sentence}>{group.sentence}</p>
      <p className="quiet small">
        {t.fit(format.percent(Math.round(100 * group.recall) / 100), format.percent(Math.round(100 * group.precision) / 100))} {group.firm ? '' : t.unfirm}
      </p>
      <div className={classes.groupFoot}>
        <Button component={Link} href={builderOf(group.rule)} variant="default" size="xs" aria-label={`${t.asSegment}: ${group.title}`}>
          {t.asSegment}
        </Button>
        {group.stability ? <span className="quiet small">{t.steady[group.stability] ?? group.stability}</span> : null}
      </div>
    </Card>
  )
}
