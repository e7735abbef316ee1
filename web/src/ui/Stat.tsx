import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useMessages } from '@/i18n/language'
import { uiMessages } from './messages'
import classes from './Stat.module.css'

/** One number with what it means; `busy` dims an old one while the new one is computed. */
export function Stat(props: { label: string; value: ReactNode; note?: ReactNode; large?: boolean; busy?: boolean }) {
  return (
    <div className={classes.stat}>
      <div className={classes.label}>{props.label}</div>
      <div
        className={`num ${classes.value} ${props.large ? classes.large : ''} ${props.busy ? classes.busy : ''}`}
        aria-busy={props.busy || undefined}
      >
        {props.value}
      </div>
      {props.note ? <div className={classes.note}>{props.note}</div> : null}
    </div>
  )
}

/** The places of numbers that are being worked out. */
export function StatsComing(props: { labels: readonly string[] }) {
  return props.labels.map((label) => <Stat key={label} label={label} value="…" note={'\u00a0'} busy />)
}

/** Where other numbers would stand: they could not be worked out, and can be asked for again. */
export function StatFailed(props: { retry: () => void }) {
  const t = useMessages(uiMessages)
  return (
    <div className={classes.stat} role="alert">
      <div className={classes.label}>{t.failedNumbers}</div>
      <Button size="compact-xs" variant="default" onClick={props.retry} mt={6}>
        {t.retry}
      </Button>
    </div>
  )
}

/** Numbers beside each other, divided by hairlines. */
export function Stats(props: { children: ReactNode }) {
  return <div className={classes.stats}>{props.children}</div>
}

/** A change with its sign as a shape and a word, never by colour alone. */
export function Change(props: { value: number; text: string; growthIs?: 'good' | 'bad' | 'neutral' }) {
  const { value, growthIs = 'neutral' } = props
  const good = value === 0 || growthIs === 'neutral' ? 'same' : (value > 0) === (growthIs === 'good') ? 'good' : 'bad'
  return (
    <span className={`num ${classes[good]}`}>
      <span aria-hidden>{value > 0 ? '▲ ' : value < 0 ? '▼ ' : ''}</span>
      {props.text}
    </span>
  )
}
