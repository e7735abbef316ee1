import { ActionIcon, Button } from '@mantine/core'
import { Plus, X } from 'lucide-react'
import { useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import type { Sequence, Step } from '@/segment/leaves'
import classes from '../Builder.module.css'
import { useBuilding } from '../context'
import { en } from '../messages.en'
import { pt } from '../messages.pt'
import { Name, Span, Word } from './fields'
import { useProperties } from './SelectionFields'
import { WindowFields } from './WindowFields'

const NONE = '*'

/** One thing after another, strictly; what did not come in between or afterwards, too. */
export default function SequenceFields(props: { of: string; row: Sequence; onChange: (row: Sequence) => void }) {
  const t = useMessages({ en, pt })
  const { words } = useBuilding()
  const { of, row, onChange } = props
  const events = words.events.map((one) => ({ value: one.name, label: wordsOf(one.name) }))
  const properties = useProperties(row.steps.map((one) => one.event))
  const restep = (place: number, step: Step) => onChange({ ...row, steps: row.steps.map((one, at) => (at === place ? step : one)) })
  return (
    <>
      {row.steps.map((step, place) => {
        const here = `${of}, ${t.step(String(place + 1))}`
        const isLast = place === row.steps.length - 1
        return (
          <div key={place} className={classes.filter}>
            <span className="num quiet">{place + 1}.</span>
            {place === 0 ? null : (
              <Word
                of={here}
                what={t.measure}
                value={step.negated ? 'not' : 'did'}
                choices={[{ value: 'did', label: t.then }, { value: 'not', label: t.thenNot }]}
                onChange={(next) => restep(place, { ...step, negated: next === 'not', within: next === 'not' && isLast ? (step.within ?? '1d') : step.within })}
              />
            )}
            <Name of={here} what={t.event} value={step.event} choices={events} onChange={(event) => restep(place, { ...step, event })} />
            {place === 0 || (step.negated && !isLast) ? null : <Within of={here} step={step} needed={step.negated} onChange={(next) => restep(place, next)} />}
            {row.steps.length > 2 && place > 0 ? (
              <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`${t.remove} ${here}`} onClick={() => onChange({ ...row, steps: row.steps.filter((_, at) => at !== place) })}>
                <X size={14} aria-hidden />
              </ActionIcon>
            ) : null}
          </div>
        )
      })}
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        leftSection={<Plus size={12} aria-hidden />}
        onClick={() => onChange({ ...row, steps: [...row.steps, { event: events[0]?.value ?? '', negated: false, within: undefined }] })}
      >
        {t.addStep}
        <span className="hidden"> · {of}</span>
      </Button>
      <Name
        of={of}
        what={t.sameOf}
        value={row.by ?? NONE}
        choices={[{ value: NONE, label: t.sameNothing }, ...properties.map((one) => ({ value: one.value, label: t.same(one.label) }))]}
        onChange={(by) => onChange({ ...row, by: by === NONE ? undefined : by })}
      />
      <WindowFields of={of} window={row.window} onChange={(window) => onChange({ ...row, window })} />
    </>
  )
}

function Within(props: { of: string; step: Step; needed: boolean; onChange: (step: Step) => void }) {
  const t = useMessages({ en, pt })
  const { of, step, onChange } = props
  const choices = [...(props.needed ? [] : [{ value: 'ever', label: t.wheneverAfter }]), { value: 'within', label: t.within }]
  return (
    <>
      <Word
        of={of}
        what={t.when}
        value={step.within === undefined ? 'ever' : 'within'}
        choices={choices}
        onChange={(next) => onChange({ ...step, within: next === 'ever' ? undefined : '1d' })}
      />
      {step.within === undefined ? null : <Span of={of} what={t.span} value={step.within} onChange={(within) => onChange({ ...step, within })} />}
    </>
  )
}
