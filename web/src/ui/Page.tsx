import { type ReactNode, useEffect, useRef } from 'react'
import classes from './Page.module.css'

/** A screen: its title (also of the window, and where focus goes), what it answers, its actions. */
export function Page(props: {
  title: string
  lead?: ReactNode
  above?: ReactNode
  actions?: ReactNode
  wide?: boolean
  children: ReactNode
}) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${props.title} · Shoal`
  }, [props.title])
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <div className={props.wide ? classes.wide : classes.page}>
      {props.above}
      <header className={classes.head}>
        <div className={classes.said}>
          <h1 ref={heading} tabIndex={-1} className={classes.title}>
            {props.title}
          </h1>
          {props.lead ? <div className={classes.lead}>{props.lead}</div> : null}
        </div>
        {props.actions ? <div className={`${classes.actions} no-print`}>{props.actions}</div> : null}
      </header>
      {props.children}
    </div>
  )
}

/** A part of a screen with a heading of its own. */
export function Section(props: { title: string; lead?: ReactNode; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.section}>
      <div className={classes.sectionHead}>
        <div>
          <h2 className={classes.sectionTitle}>{props.title}</h2>
          {props.lead ? <p className={classes.sectionLead}>{props.lead}</p> : null}
        </div>
        {props.aside}
      </div>
      {props.children}
    </section>
  )
}

/** A boundary of meaning: a border, no shadow. */
export function Card(props: { children: ReactNode; flush?: boolean; className?: string }) {
  const names = [classes.card, props.flush ? classes.flush : '', props.className ?? '']
  return <div className={names.join(' ')} data-card>{props.children}</div>
}
