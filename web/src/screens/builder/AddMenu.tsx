import { Button, Combobox, useCombobox } from '@mantine/core'
import { Plus } from 'lucide-react'
import { useLayoutEffect, useRef, useState } from 'react'
import { useFormat, useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import type { Node } from '@/segment/tree'
import classes from './Builder.module.css'
import { firstCondition, type Kind, KINDS, useBuilding } from './context'
import { en } from './messages.en'
import { pt } from './messages.pt'

const MOST = 30

interface Offer {
  key: string
  kind: Kind
  named?: string
  label: string
  beside?: string | undefined
}

/** Adds a condition: by its kind, or by typing what it is about. `/` opens it from anywhere. */
export function AddMenu(props: { label: string; slash: boolean; add: (part: Node) => void }) {
  const t = useMessages({ en, pt })
  const { words } = useBuilding()
  const [typed, setTyped] = useState('')
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption()
      setTyped('')
    },
  })
  const search = useRef<HTMLInputElement>(null)
  // At once, not in a moment: what a quick typist presses next is meant for it.
  useLayoutEffect(() => {
    if (combobox.dropdownOpened) search.current?.focus()
  }, [combobox.dropdownOpened])
  const groups = useOffers(typed)
  const choose = (key: string) => {
    const offer = groups.flatMap((one) => one.offers).find((one) => one.key === key)
    combobox.closeDropdown()
    if (offer !== undefined) props.add(firstCondition(offer.kind, words, offer.named))
  }
  return (
    <Combobox store={combobox} onOptionSubmit={choose} width={320} position="bottom-start" withinPortal={false}>
      <Combobox.Target targetType="button">
        <Button
          size="xs"
          variant="light"
          data-add
          className={classes.add}
          leftSection={<Plus size={14} aria-hidden />}
          rightSection={props.slash ? <kbd className={classes.key}>/</kbd> : undefined}
          onClick={() => combobox.toggleDropdown()}
        >
          {t.add}
          <span className="hidden"> · {props.label}</span>
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          ref={search}
          size="xs"
          role="combobox"
          aria-expanded
          value={typed}
          aria-label={t.addSearch}
          placeholder={t.addSearch}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            combobox.updateSelectedOptionIndex()
            combobox.selectFirstOption()
          }}
        />
        <Combobox.Options mah={340} style={{ overflowY: 'auto' }} aria-label={t.add}>
          {groups.map((group) => (
            <Combobox.Group key={group.title} label={group.title}>
              {group.offers.map((one) => (
                <Combobox.Option key={one.key} value={one.key}>
                  <span className={classes.offer}>
                    {one.label}
                    {one.beside ? <span className="quiet num">{one.beside}</span> : null}
                  </span>
                </Combobox.Option>
              ))}
            </Combobox.Group>
          ))}
          {groups.length === 0 ? <Combobox.Empty>{t.noSuchName}</Combobox.Empty> : null}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

/** What can be added, and is called as typed: kinds, then names with how much there is of them. */
function useOffers(typed: string): { title: string; offers: Offer[] }[] {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { words } = useBuilding()
  const sought = typed.trim().toLowerCase()
  const fits = (one: Offer) => sought === '' || one.label.toLowerCase().includes(sought) || (one.named?.toLowerCase().includes(sought.replaceAll(' ', '_')) ?? false)
  const isThere: Partial<Record<Kind, boolean>> = { segment: words.segments.length > 0, consent: words.purposes.length > 0, prediction: words.traits.some((one) => one.predicts !== null) }
  const kinds = KINDS.filter((kind) => isThere[kind] ?? true)
  const offers: [string, Offer[]][] = [
    [t.addKinds, kinds.map((kind) => ({ key: kind, kind, label: t.kinds[kind] }))],
    [
      t.addEvents,
      words.events.map((one) => ({ key: `e ${one.name}`, kind: 'deed', named: one.name, label: wordsOf(one.name), beside: format.compact(one.rows) })),
    ],
    [t.addPredictions, words.traits.filter((one) => one.predicts !== null).map((one) => ({ key: `m ${one.name}`, kind: 'prediction', named: one.name, label: one.title ?? wordsOf(one.name), beside: one.predicts === null ? undefined : t.predicts[one.predicts] }))],
    [t.addTraits, words.traits.filter((one) => one.predicts === null).map((one) => ({ key: `t ${one.name}`, kind: 'trait', named: one.name, label: one.title ?? wordsOf(one.name), beside: t.types[one.type as keyof typeof t.types] }))],
    [t.addSegments, words.segments.map((one) => ({ key: `s ${one.name}`, kind: 'segment', named: one.name, label: one.title ?? one.name }))],
    [t.addPurposes, words.purposes.map((one) => ({ key: `p ${one}`, kind: 'consent', named: one, label: wordsOf(one) }))],
  ]
  // before anything is typed the kinds come alone with what happens most
  return offers
    .map(([title, all], place) => ({ title, offers: all.filter(fits).slice(0, sought === '' && place > 0 ? 6 : MOST) }))
    .filter((one) => one.offers.length > 0)
}
