import { NativeSelect, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { goalOf, goalText } from '@/campaigns/draft'
import { useFormat, useMessages } from '@/i18n/language'
import classes from './Compose.module.css'
import type { PartOfForm } from './Compose'
import { en } from './messages.en'
import { pt } from './messages.pt'

const SHARES = ['0%', '5%', '10%', '20%'] as const
const DAYS = 14

/** The goal, and how many are left alone to compare with. */
export function Success(props: PartOfForm) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { draft, put, words } = props
  const { goal: written, holdout, metrics } = draft.fields
  const goal = goalOf(written)
  const [kind, setKind] = useState<'deed' | 'rule'>(written && goal === undefined ? 'rule' : 'deed')
  const events = words.events.filter((one) => one.parent === null).map((one) => ({ value: one.name, label: one.title ?? one.name }))
  const shares = holdout && !(SHARES as readonly string[]).includes(holdout) ? [...SHARES, holdout] : SHARES
  const shareName = (share: string) => (share === '0%' ? t.nobody : format.percent(Number.parseFloat(share) / 100))
  return (
    <div className={classes.fields}>
      <div className={classes.whole}>
        <SegmentedControl
          size="xs"
          aria-label={t.goalKind}
          value={kind}
          onChange={(next) => setKind(next as typeof kind)}
          data={(['deed', 'rule'] as const).map((one) => ({ value: one, label: t.goalKinds[one] }))}
        />
      </div>
      {kind === 'deed' ? (
        <>
          <Select
            label={t.goalEvent}
            searchable
            required
            allowDeselect={false}
            data={goal !== undefined && !events.some((one) => one.value === goal.event) ? [{ value: goal.event, label: goal.event }, ...events] : events}
            nothingFoundMessage={events.length === 0 ? t.noEvents : t.nothingFound}
            limit={100}
            value={goal?.event ?? null}
            onChange={(event) => event !== null && put({ goal: goalText({ event, days: goal?.days ?? DAYS }) })}
          />
          <TextInput
            label={t.goalDays}
            type="number"
            min={1}
            max={366}
            disabled={goal === undefined}
            value={goal?.days ?? DAYS}
            onChange={(event) => goal !== undefined && put({ goal: goalText({ ...goal, days: Math.min(366, Math.max(1, Math.round(event.currentTarget.valueAsNumber || 1))) }) })}
          />
        </>
      ) : (
        <Textarea className={`${classes.whole} ${classes.mono}`} label={t.goalRule} description={t.goalHint} required autosize minRows={2} spellCheck={false} value={written ?? ''} onChange={(event) => put({ goal: event.currentTarget.value })} />
      )}
      <NativeSelect
        label={t.holdout}
        value={holdout ?? ''}
        data={[{ value: '', label: t.byPower }, ...shares.map((one) => ({ value: one, label: shareName(one) }))]}
        onChange={(event) => put({ holdout: event.currentTarget.value || null })}
      />
      {metrics && Object.keys(metrics).length > 0 ? <p className={`${classes.whole} ${classes.small}`}>{t.also(format.list(Object.keys(metrics)))}</p> : null}
    </div>
  )
}
