import { useDebouncedValue } from '@mantine/hooks'
import { useMantineColorScheme } from '@mantine/core'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { api, got } from '@/api/client'
import { addressOf } from '@/app/address'
import { shellMessages } from '@/app/messages'
import { asides, places } from '@/app/nav'
import { LANGUAGES, useLanguage, useMessages } from '@/i18n/language'
import { type Found, matching } from './found'
import { paletteMessages } from './messages'
import classes from './Palette.module.css'

const PAUSE = 150
interface Offer extends Found {
  run: () => void
}

/** Finds screens, segments and customers, and does things, by typing. */
export default function Palette(props: { actions: readonly string[]; close: () => void }) {
  const t = useMessages(paletteMessages)
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const own = useRef<HTMLDialogElement>(null)
  const list = useId()
  const offers = useOffers(typed, props.actions)
  const chosen = offers[Math.min(at, offers.length - 1)]
  useEffect(() => {
    own.current?.showModal()
  }, [])
  useEffect(() => {
    document.getElementById(`${list}-${at}`)?.scrollIntoView({ block: 'nearest' }) // newer browsers give a promise back
  }, [at, list])
  const run = (one: Offer | undefined) => {
    if (one === undefined) return
    props.close()
    one.run()
  }
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt((at + 1) % Math.max(1, offers.length))
    else if (event.key === 'ArrowUp') setAt((at - 1 + offers.length) % Math.max(1, offers.length))
    else if (event.key === 'Enter') run(chosen)
    else return
    event.preventDefault()
  }
  return (
    <dialog ref={own} className={classes.palette} aria-label={t.label} onClose={props.close} onClick={(event) => event.target === own.current && props.close()}>
      <input
        autoFocus
        role="combobox"
        aria-expanded={offers.length > 0}
        aria-controls={list}
        aria-activedescendant={chosen === undefined ? undefined : `${list}-${offers.indexOf(chosen)}`}
        aria-autocomplete="list"
        aria-label={t.label}
        placeholder={t.placeholder}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={keys}
        className={classes.field}
      />
      <div id={list} role="listbox" aria-label={t.label} className={classes.list}>
        {offers.map((one, place) => (
          <div key={one.key} id={`${list}-${place}`} role="option" aria-selected={one === chosen} className={classes.offer} onClick={() => run(one)} onMouseMove={() => setAt(place)}>
            <span>{one.label}</span>
            <span className={classes.kind}>
              {one.also !== undefined && one.also !== one.label ? `${one.also} · ` : ''}
              {t.groups[one.group]}
            </span>
          </div>
        ))}
      </div>
      {offers.length === 0 ? <p className={classes.none} role="status">{t.nothing}</p> : null}
    </dialog>
  )
}

function useOffers(typed: string, actions: readonly string[]): Offer[] {
  const t = useMessages(paletteMessages)
  const shell = useMessages(shellMessages)
  const [, go] = useLocation()
  const { choose } = useLanguage()
  const { setColorScheme } = useMantineColorScheme()
  const client = useQueryClient()
  const mayMeet = actions.includes('people')
  const [asked] = useDebouncedValue(typed.trim(), PAUSE)
  const words = useQuery({ queryKey: ['words'], staleTime: 300_000, queryFn: ({ signal }) => got(api.GET('/api/v1/words', { signal })) })
  const people = useQuery({
    queryKey: ['people', 'palette', asked],
    enabled: mayMeet && asked.length > 1,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => got(api.GET('/api/v1/people', { params: { query: { text: asked, limit: 8 } }, signal })),
  })
  const known: Offer[] = [
    { key: 'new', group: 'doing', label: t.newSegment, run: () => go('/segments/new') },
    ...[...places, ...asides].filter((one) => actions.includes(one.needs)).map((one): Offer => ({ key: one.path, group: 'screens', label: shell.places[one.name], run: () => go(one.path) })),
    ...(words.data?.segments ?? []).map((one): Offer => ({ key: `s ${one.name}`, group: 'segments', label: one.title ?? one.name, also: one.name, run: () => go(addressOf.segment(one.name)) })),
    ...(['light', 'dark'] as const).map((one): Offer => ({ key: one, group: 'doing', label: t[one], run: () => setColorScheme(one) })),
    ...LANGUAGES.map((one): Offer => ({
      key: `l ${one}`,
      group: 'doing',
      label: t.speak[one],
      run: () => {
        choose(one)
        void client.invalidateQueries()
      },
    })),
  ]
  const met = asked.length > 1 ? (people.data?.user_ids ?? []) : []
  return [...matching(known, typed), ...met.map((id): Offer => ({ key: `c ${id}`, group: 'customers', label: id, run: () => go(addressOf.customer(id)) }))]
}
