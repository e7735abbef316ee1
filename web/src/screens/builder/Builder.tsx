import { ActionIcon, Button, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { LayoutTemplate, Redo2, Undo2 } from 'lucide-react'
import { lazy, Suspense, useCallback, useEffect, useReducer, useRef, useState } from 'react'
import { useParams, useSearchParams } from 'wouter'
import { api, got, type Shapes } from '@/api/client'
import { whoAmI } from '@/api/queries'
import { addressOf, decoded } from '@/app/address'
import { useMessages } from '@/i18n/language'
import { acted, type Act, begun, type History } from '@/segment/history'
import { segmentFacts } from '@/segment/queries'
import { settled } from '@/segment/settled'
import { conditions, type Group, group, type Node, opened } from '@/segment/tree'
import { Back } from '@/ui/Back'
import { Card, Page } from '@/ui/Page'
import { Answered, Loading } from '@/ui/States'
import classes from './Builder.module.css'
import { BuildingContext } from './context'
import { GroupView } from './GroupView'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { CountBar, Rail } from './Rail'
import { TextFields } from './rows/TextFields'
import { usePreview } from './usePreview'

const SaveDialog = lazy(() => import('./SaveDialog'))
const Templates = lazy(() => import('./Templates'))

/** A new segment that began with a rule of another screen has a draft of its own. */
const draftOf = (name: string | undefined, from: string | null) => `shoal-draft-${name ?? `+${from ?? ''}`}`

/** Exactly who will this include? */
export default function Builder() {
  const t = useMessages({ en, pt })
  const { name: given } = useParams<{ name?: string }>()
  const name = given === undefined ? undefined : decoded(given)
  const words = useQuery({
    queryKey: ['words'],
    staleTime: 300_000,
    queryFn: ({ signal }) => got(api.GET('/api/v1/words', { signal })),
  })
  const from = useSearchParams()[0].get('rule')
  const rule = useQuery({
    queryKey: ['segments', 'tree', name ?? null, from],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      name === undefined
        ? from === null
          ? { rule: group('and', []), text: '' }
          : got(api.POST('/api/v1/rules/tree', { body: { text: from }, signal }))
        : got(api.GET('/api/v1/segments/{name}/tree', { params: { path: { name } }, signal })),
  })
  const facts = useQuery({ ...segmentFacts({ name: name ?? '' }), enabled: name !== undefined })
  const title = name === undefined ? t.newTitle : t.editTitle(facts.data?.title ?? name)
  return (
    <Page
      title={title}
      lead={t.lead}
      wide
      above={
        <Back to={name === undefined ? '/segments' : addressOf.segment(name)}>{name === undefined ? t.back : (facts.data?.title ?? name)}</Back>
      }
    >
      <Answered query={words} loading={<Loading lines={8} />}>
        {(known) => (
          <Answered query={rule} loading={<Loading lines={8} />}>
            {(found) => <Building key={draftOf(name, from)} name={name} from={from} words={known} rule={found.rule as Node} />}
          </Answered>
        )}
      </Answered>
    </Page>
  )
}

function kept(draft: string): Group | undefined {
  try {
    const text = localStorage.getItem(draft)
    return text === null ? undefined : (JSON.parse(text) as Group)
  } catch {
    return undefined
  }
}

function Building(props: { name: string | undefined; from: string | null; words: Shapes['WordsKnown']; rule: Node }) {
  const t = useMessages({ en, pt })
  const { name, words } = props
  const draft = draftOf(name, props.from)
  const me = useQuery(whoAmI)
  const [address, setAddress] = useSearchParams()
  const original = useRef(opened(props.rule))
  const [history, act] = useReducer(acted<Group>, undefined, (): History<Group> => begun(kept(draft) ?? original.current))
  const tree = history.now
  const change = useCallback((to: Group) => act({ do: 'change', to: opened(to) }), [])
  const counted = usePreview(tree)
  const [saving, setSaving] = useState(false)
  const changed = JSON.stringify(tree) !== JSON.stringify(original.current)
  useEffect(() => {
    if (changed) localStorage.setItem(draft, JSON.stringify(tree))
    else localStorage.removeItem(draft)
  }, [tree, changed, draft])
  useKeys(act)
  const asText = address.get('as') === 'text'
  const show = (view: string) =>
    setAddress((before) => {
      const after = new URLSearchParams(before)
      if (view === 'text') after.set('as', 'text')
      else after.delete('as')
      return after
    })
  const isEmpty = conditions(tree).length === 0
  const focus = useRef<number | undefined>(undefined)
  const [choosing, setChoosing] = useState(false)
  const begin = (node: Node) => {
    setChoosing(false)
    change(opened(node))
  }
  const building = { name, focus, tree, change, words, counted: counted.part, whole: counted.found?.count, wrong: (path: string) => counted.wrong.get(path)?.message }
  const mayDefine = me.data?.actions.includes('define') ?? false
  const save = mayDefine ? (
    <Button disabled={isEmpty || counted.wrong.size > 0 || counted.found === undefined || (name !== undefined && !changed)} onClick={() => setSaving(true)}>
      {t.save}
    </Button>
  ) : (
    <p className="quiet small">{t.mayNot}</p>
  )
  return (
    <BuildingContext value={building}>
      <div className={classes.layout}>
        <div className={classes.main}>
          <div className={classes.bar}>
            <SegmentedControl
              size="xs"
              aria-label={t.view}
              value={asText ? 'text' : 'builder'}
              onChange={show}
              data={[{ value: 'builder', label: t.builder }, { value: 'text', label: t.text }]}
            />
            <div className={classes.tools}>
              {isEmpty && !asText ? null : (
                <Button size="xs" variant="subtle" color="gray" leftSection={<LayoutTemplate size={14} aria-hidden />} aria-expanded={choosing} onClick={() => setChoosing(!choosing)}>
                  {t.templates}
                </Button>
              )}
              {changed ? (
                <Button size="xs" variant="subtle" color="gray" title={t.draft} onClick={() => act({ do: 'change', to: original.current })}>
                  {t.noDraft}
                </Button>
              ) : null}
              <ActionIcon size={30} variant="subtle" color="gray" aria-label={t.undo} disabled={history.past.length === 0} onClick={() => act({ do: 'undo' })}>
                <Undo2 size={16} aria-hidden />
              </ActionIcon>
              <ActionIcon size={30} variant="subtle" color="gray" aria-label={t.redo} disabled={history.future.length === 0} onClick={() => act({ do: 'redo' })}>
                <Redo2 size={16} aria-hidden />
              </ActionIcon>
            </div>
          </div>
          {asText ? (
            <Card>
              <TextFields of={t.textLabel} node={settled(tree).rule} onChange={(node) => change(opened(node))} autoFocus tall />
              <p className="quiet small">{t.textHint}</p>
            </Card>
          ) : (
            <GroupView node={tree} path="" number="" depth={0} />
          )}
          {choosing || (isEmpty && !asText) ? (
            <section className={classes.begin} aria-label={t.templates}>
              <h2 className={classes.beginTitle}>{isEmpty ? t.beginWith : t.beginAnew}</h2>
              <Suspense fallback={<Loading lines={4} height={44} />}>
                <Templates begin={begin} />
              </Suspense>
            </section>
          ) : null}
        </div>
        <Rail counted={counted} isEmpty={isEmpty}>
          {save}
        </Rail>
        <CountBar counted={counted}>{save}</CountBar>
      </div>
      {saving && counted.found ? (
        <Suspense>
          <SaveDialog text={counted.found.rule} existing={name} close={() => setSaving(false)} saved={() => localStorage.removeItem(draft)} />
        </Suspense>
      ) : null}
    </BuildingContext>
  )
}

/** Undo and redo by the keys everybody knows, and `/` to add; not where a field has its own. */
function useKeys(act: (what: Act<Group>) => void) {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const from = event.target instanceof HTMLElement ? event.target : document.body
      const isWriting = from.closest('input, textarea, [role=dialog]') !== null
      const command = event.metaKey || event.ctrlKey
      if (isWriting) return
      if (command && event.key.toLowerCase() === 'z') act({ do: event.shiftKey ? 'redo' : 'undo' })
      else if (event.key === '/' && !command && !event.altKey) addButton(from)?.click() // a list has no use for it
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [act])
}

/** What adds to the group that the focus is in, else to the outermost. */
function addButton(from: HTMLElement): HTMLElement | null {
  const group = from.closest('fieldset')
  const all = [...(group ?? document).querySelectorAll<HTMLElement>('[data-add]')]
  return all.at(-1) ?? null
}
