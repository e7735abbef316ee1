import { ChevronLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import classes from './Back.module.css'

/** The way back to the list that a screen belongs to. */
export function Back(props: { to: string; children: ReactNode }) {
  return (
    <Link href={props.to} className={`${classes.back} no-print`}>
      <ChevronLeft size={15} aria-hidden />
      {props.children}
    </Link>
  )
}
