import type { ComponentProps } from 'react'
import classes from './Range.module.css'

/** A slider: one number of a range, by mouse, finger or arrow keys. */
export function Range(props: Omit<ComponentProps<'input'>, 'type' | 'className'>) {
  return <input {...props} type="range" className={classes.range} />
}
