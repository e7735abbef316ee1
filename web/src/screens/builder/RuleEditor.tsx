import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { api, got, Problem } from '@/api/client'
import { useMessages } from '@/i18n/language'
import { completed, type Completion, completionsAt, type Offered } from '@/segment/completion'
import { offsetOf, tokens, wordsIn } from '@/segment/tokens'
import type { Node } from '@/segment/tree'
import { Said } from '@/ui/Said'
import { useBuilding } from './context'
import { en } from './messages.en'
import { pt } from './messages.pt'
import classes from './RuleEditor.module.css'
import { slipOf } from './usePreview'

const PAUSE = 250
const NOTHING: Offered = { start: 0, end: 0, offers: [] }

/** Something wrong in the text, and where: line and column begin with 1. */
interface Wrong {
  message: string
  hint?: string | null
  line?: number | null
  column?: number | null
}

/** A rule as text: coloured, completed from what is known here, and told what is wrong where it is. */
export default function RuleEditor(props: { of: string; node: Node; onChange: (node: Node) => void; autoFocus?: boolean; tall?: boolean }) {
  const t = useMessages({ en, pt })
  const { words } = useBuilding()
  const { node, onChange } = props
  const [typed, setTyped] = useState<string | null>(null)
  const [wrong, setWrong] = useState<readonly Wrong[]>([])
  const [offered, setOffered] = useState<Offered>(NOTHING)
  const [at, setAt] = useState(0)
  const field = useRef<HTMLTextAreaElement>(null)
  /** What was typed last and is the rule by now: once one leaves, it is written as all rules are. */
  const heard = useRef<string | null>(null)
  const list = useId()
  const told = useQuery({
    queryKey: ['rules', 'text', node],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => got(api.POST('/api/v1/rules/tree', { body: { rule: node }, signal })),
  })
  const text = typed ?? told.data?.text ?? ''
  const known = useMemo(() => wordsIn(words.keywords), [words])
  useTyped(typed, (found) => {
    setWrong(found.wrong)
    heard.current = found.wrong.length === 0 ? typed : null
    if (found.node !== undefined) onChange(found.node)
  })
  const offer = (value: string, place: number) => {
    setOffered(completionsAt(value, place, words))
    setAt(0)
  }
  const write = (value: string, place: number) => {
    flushSync(() => {
      setTyped(value)
      setOffered(NOTHING)
    })
    field.current?.focus() // at once: the next key may come before the next frame
    field.current?.setSelectionRange(place, place)
    if (value.endsWith('(') || value[place - 1] === ' ') offer(value, place)
  }
  const take = (chosen: Completion) => {
    const next = completed(text, offered, chosen)
    write(next.text, next.place)
  }
  const keys = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const { offers } = offered
    const chosen = offers[at]
    if ((event.ctrlKey || event.metaKey) && event.key === ' ') offer(text, event.currentTarget.selectionStart)
    else if (offers.length === 0) return
    else if (event.key === 'ArrowDown') setAt((at + 1) % offers.length)
    else if (event.key === 'ArrowUp') setAt((at - 1 + offers.length) % offers.length)
    else if (event.key === 'Escape') setOffered(NOTHING)
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && chosen !== undefined) take(chosen)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  useEffect(() => {
    document.getElementById(`${list}-${at}`)?.scrollIntoView({ block: 'nearest' })
  }, [at, list])
  const active = offered.offers[at]
  return (
    <div className={classes.editor}>
      <div className={`${classes.stack} ${props.tall ? classes.tall : ''} ${wrong.length > 0 ? classes.isWrong : ''}`}>
        <Coloured text={text} known={known} wrong={wrong} />
        <textarea
          ref={field}
          aria-label={`${props.of}: ${t.rule}`}
          aria-autocomplete="list"
          aria-controls={offered.offers.length > 0 ? list : undefined}
          aria-activedescendant={active === undefined ? undefined : `${list}-${at}`}
          aria-invalid={wrong.length > 0 || undefined}
          aria-describedby={wrong.length > 0 ? `${list}-wrong` : undefined}
          value={text}
          spellCheck={false}
          autoCapitalize="off"
          autoFocus={props.autoFocus}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            offer(event.currentTarget.value, event.currentTarget.selectionStart)
          }}
          onKeyDown={keys}
          onBlur={() => {
            setOffered(NOTHING)
            if (heard.current === typed) setTyped(null)
          }}
        />
      </div>
      {offered.offers.length > 0 ? (
        <ul id={list} role="listbox" aria-label={t.completions} className={classes.offers}>
          {offered.offers.map((one, place) => (
            <li
              key={`${one.what} ${one.text}`}
              id={`${list}-${place}`}
              role="option"
              aria-selected={place === at}
              className={classes.offer}
              onMouseDown={(event) => {
                event.preventDefault()
                take(one)
              }}
            >
              <code>{one.text}</code>
              <span className="quiet">{one.title ?? t.whats[one.what]}</span>
            </li>
          ))}
        </ul>
      ) : null}
      {wrong.length > 0 ? (
        <ul id={`${list}-wrong`} className={classes.wrong}>
          {wrong.map((one) => (
            <li key={`${one.line} ${one.column} ${one.message}`}>
              <WrongText wrong={one} text={text} write={write} />
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}

function WrongText(props: { wrong: Wrong; text: string; write: (text: string, place: number) => void }) {
  const t = useMessages({ en, pt })
  const { wrong, text, write } = props
  const { slip } = slipOf(wrong.message, wrong.hint)
  const place = wrong.line && wrong.column ? offsetOf(text, wrong.line, wrong.column) : null
  const from = slip === undefined || place === null ? -1 : text.toLowerCase().indexOf(slip.from.toLowerCase(), place)
  return (
    <>
      {wrong.line ? <span className="num quiet">{t.lineColumn(String(wrong.line), String(wrong.column))} </span> : null}
      <Said>{wrong.hint && slip === undefined ? `${wrong.message}; ${wrong.hint}` : wrong.message}</Said>{' '}
      {slip !== undefined && from >= 0 ? (
        <Button size="compact-xs" variant="default" onClick={() => write(text.slice(0, from) + slip.to + text.slice(from + slip.from.length), from + slip.to.length)}>
          {t.fixRename(slip.to)}
        </Button>
      ) : null}
    </>
  )
}

/** The same text behind the field: its pieces in their colours, what is wrong underlined. */
function Coloured(props: { text: string; known: ReadonlySet<string>; wrong: readonly Wrong[] }) {
  const { text, known, wrong } = props
  const places = wrong.map((one) => (one.line && one.column ? offsetOf(text, one.line, one.column) : -1))
  const isWrong = (start: number, end: number) => places.some((place) => place >= start && place < Math.max(end, start + 1))
  return (
    <pre aria-hidden className={classes.coloured}>
      {tokens(text, known).map((one) => (
        <span key={one.start} className={`${classes[one.kind] ?? ''} ${isWrong(one.start, one.start + one.text.length) ? classes.under : ''}`}>
          {one.text}
        </span>
      ))}
      {places.includes(text.length) ? <span className={classes.under}> </span> : null}
      {'\n'}
    </pre>
  )
}

/** What was typed as a tree, a moment after the last key; older questions are given up. */
function useTyped(typed: string | null, heard: (found: { node?: Node; wrong: readonly Wrong[] }) => void) {
  const hear = useRef(heard)
  hear.current = heard
  useEffect(() => {
    if (typed === null) return
    const stop = new AbortController()
    const timer = setTimeout(async () => {
      try {
        const found = await got(api.POST('/api/v1/rules/check', { body: { text: typed }, signal: stop.signal }))
        hear.current({ ...(found.rule === null ? {} : { node: found.rule as Node }), wrong: found.problems })
      } catch (error) {
        if (error instanceof Problem) hear.current({ wrong: [{ message: error.message }] })
      }
    }, PAUSE)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [typed])
}
