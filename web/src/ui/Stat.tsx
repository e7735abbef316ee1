import type { ReactNode } from 'react'
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
