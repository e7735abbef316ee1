import { Checkbox, NativeSelect, Select, TextInput } from '@mantine/core'
import { capOf, capText, isLocal, quietOf, type Timing, timingOf, timingText, WHENS } from '@/campaigns/draft'
import { useMessages } from '@/i18n/language'
import classes from './Compose.module.css'
import type { PartOfForm } from './Compose'
import { en } from './messages.en'
import { pt } from './messages.pt'

/** What sets messages off, and when it is over. */
export function When(props: PartOfForm) {
  const t = useMessages({ en, pt })
  const { draft, put, words } = props
  const timing = timingOf(draft.fields.timing)
  const set = (next: Timing) => put({ timing: timingText(next) })
  const event = words.events.find((one) => one.parent === null)?.name ?? 'order_completed'
  const begin = (when: Timing['when']): Timing => {
    switch (when) {
      case 'every':
        return { when, span: '1w' }
      case 'entering':
      case 'leaving':
        return { when, name: words.segments[0]?.name ?? '' }
      case 'event':
        return { when, name: event }
      case 'occasion':
        return { when, name: 'birthday', before: '7d' }
      case 'other':
        return { when, text: draft.fields.timing ?? 'once' }
      default:
        return { when: 'once', at: '' }
    }
  }
  const names = timing.when === 'event' ? words.events.filter((one) => one.parent === null).map((one) => ({ value: one.name, label: one.title ?? one.name })) : words.segments.map((one) => ({ value: one.name, label: one.title ?? one.name }))
  return (
    <div className={classes.fields}>
      <NativeSelect
        label={t.timing}
        value={timing.when}
        data={[...WHENS, ...(timing.when === 'other' ? (['other'] as const) : [])].map((one) => ({ value: one, label: t.whens[one] }))}
        onChange={(change) => set(begin(change.currentTarget.value as Timing['when']))}
      />
      {timing.when === 'once' ? <TextInput label={t.at} type={isLocal(timing.at) ? 'datetime-local' : 'text'} value={timing.at} onChange={(change) => set({ ...timing, at: change.currentTarget.value })} /> : null}
      {timing.when === 'every' ? <Span label={t.span} value={timing.span} onChange={(span) => set({ ...timing, span })} /> : null}
      {timing.when === 'entering' || timing.when === 'leaving' || timing.when === 'event' ? (
        <Select
          label={timing.when === 'event' ? t.event : t.entering}
          searchable
          allowDeselect={false}
          data={names.some((one) => one.value === timing.name) ? names : [{ value: timing.name, label: timing.name }, ...names]}
          limit={100}
          value={timing.name}
          onChange={(name) => name !== null && set({ ...timing, name })}
        />
      ) : null}
      {timing.when === 'occasion' ? (
        <>
          <TextInput label={t.occasion} value={timing.name} onChange={(change) => set({ ...timing, name: change.currentTarget.value })} />
          <Span label={t.before} value={timing.before} onChange={(before) => set({ ...timing, before })} />
        </>
      ) : null}
      {timing.when === 'other' ? <TextInput label={t.written} value={timing.text} onChange={(change) => set({ when: 'other', text: change.currentTarget.value })} /> : null}
      <TextInput label={t.ends} type={isLocal(draft.fields.ends_at ?? '') ? 'datetime-local' : 'text'} value={draft.fields.ends_at ?? ''} onChange={(change) => put({ ends_at: change.currentTarget.value })} />
    </div>
  )
}

function Span(props: { label: string; value: string; onChange: (span: string) => void }) {
  const t = useMessages({ en, pt })
  const [, count = '1', unit = 'd'] = props.value.match(/^(\d+)([smhdw])$/) ?? []
  return (
    <div className={classes.pair}>
      <TextInput
        label={props.label}
        type="number"
        min={1}
        value={count}
        onChange={(event) => props.onChange(`${Math.max(1, Math.round(event.currentTarget.valueAsNumber || 1))}${unit}`)}
      />
      <NativeSelect label={t.unit} value={unit} data={['h', 'd', 'w', ...(['m', 's'].includes(unit) ? [unit] : [])].map((one) => ({ value: one, label: t.units[one] ?? one }))} onChange={(event) => props.onChange(`${count}${event.currentTarget.value}`)} />
    </div>
  )
}

/** How often at most, at which hours not, and who goes first. */
export function Limits(props: PartOfForm) {
  const t = useMessages({ en, pt })
  const { draft, put } = props
  const { cap: capped, quiet_hours: quieted, priority } = draft.fields
  const cap = capOf(capped)
  const quiet = quietOf(quieted)
  return (
    <div className={classes.fields}>
      <div className={classes.parts}>
        <Checkbox label={t.isCapped} checked={Boolean(capped)} onChange={(event) => put({ cap: event.currentTarget.checked ? '2 per 7d' : null })} />
        {cap === undefined ? (
          capped ? <TextInput label={t.isCapped} value={capped} onChange={(event) => put({ cap: event.currentTarget.value })} /> : null
        ) : (
          <div className={classes.pair}>
            <TextInput label={t.capCount} type="number" min={1} value={cap.count} onChange={(event) => put({ cap: capText({ ...cap, count: Math.max(1, Math.round(event.currentTarget.valueAsNumber || 1)) }) })} />
            <TextInput label={t.capDays} type="number" min={1} value={cap.days} onChange={(event) => put({ cap: capText({ ...cap, days: Math.max(1, Math.round(event.currentTarget.valueAsNumber || 1)) }) })} />
          </div>
        )}
      </div>
      <div className={classes.parts}>
        <Checkbox label={t.isQuiet} checked={Boolean(quieted)} onChange={(event) => put({ quiet_hours: event.currentTarget.checked ? '21:00-08:00' : null })} />
        {quiet === undefined ? null : (
          <div className={classes.pair}>
            <TextInput label={t.quietFrom} type="time" required value={quiet.from} onChange={(event) => event.currentTarget.value && put({ quiet_hours: `${event.currentTarget.value}-${quiet.to}` })} />
            <TextInput label={t.quietTo} type="time" required value={quiet.to} onChange={(event) => event.currentTarget.value && put({ quiet_hours: `${quiet.from}-${event.currentTarget.value}` })} />
          </div>
        )}
      </div>
      <TextInput
        label={t.priority}
        description={t.priorityHint}
        type="number"
        min={-1000}
        max={1000}
        step={1}
        value={priority ?? 0}
        onChange={(event) => put({ priority: Math.round(event.currentTarget.valueAsNumber || 0) })}
      />
    </div>
  )
}
