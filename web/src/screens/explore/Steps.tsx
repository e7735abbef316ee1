import { ActionIcon, Button } from '@mantine/core'
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react'
import type { Shapes } from '@/api/client'
import { useMessages } from '@/i18n/language'
import { EventChoice } from './Choices'
import classes from './Explore.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

const MOST = 8

/** The steps of a funnel: chosen, put in order, taken away; all of it without dragging. */
export function Steps(props: { words: Shapes['WordsKnown']; steps: readonly string[]; onChange: (steps: string[]) => void }) {
  const t = useMessages({ en, pt })
  const { steps, onChange } = props
  const swapped = (one: number, other: number) => onChange(steps.map((step, place) => (place === one ? (steps[other] ?? step) : place === other ? (steps[one] ?? step) : step)))
  const unused = props.words.events.find((one) => one.rows > 0 && one.parent === null && !steps.includes(one.name))
  return (
    <fieldset className={classes.steps}>
      <legend>{t.steps}</legend>
      <ol>
        {steps.map((step, place) => (
          <li key={`${place} ${step}`}>
            <span aria-hidden className={classes.number}>
              {place + 1}
            </span>
            <EventChoice words={props.words} label={t.step(place + 1)} labelHidden value={step} onChange={(next) => onChange(steps.map((one, at) => (at === place ? next : one)))} />
            <ActionIcon size={32} variant="subtle" color="gray" aria-label={t.earlier(place + 1)} disabled={place === 0} onClick={() => swapped(place, place - 1)}>
              <ArrowUp size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon size={32} variant="subtle" color="gray" aria-label={t.later(place + 1)} disabled={place === steps.length - 1} onClick={() => swapped(place, place + 1)}>
              <ArrowDown size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon size={32} variant="subtle" color="gray" aria-label={t.removeStep(place + 1)} disabled={steps.length <= 1} onClick={() => onChange(steps.filter((_, at) => at !== place))}>
              <X size={16} aria-hidden />
            </ActionIcon>
          </li>
        ))}
      </ol>
      <Button size="xs" variant="default" leftSection={<Plus size={14} aria-hidden />} disabled={steps.length >= MOST} onClick={() => onChange([...steps, unused?.name ?? steps.at(-1) ?? ''])}>
        {t.addStep}
      </Button>
    </fieldset>
  )
}
