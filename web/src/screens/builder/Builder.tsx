import { ActionIcon, Button, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ChevronLeft, Redo2, Undo2 } from 'lucide-react'
import { useCallback, useEffect, useReducer, useRef, useState } from 'react'
import { Link, useParams, useSearchParams } from 'wouter'
import { api, got, type Shapes } from '@/api/client'
import { whoAmI } from '@/api/queries'
import { addressOf, decoded } from '@/app/address'
import { useMessages } from '@/i18n/language'
import { acted, type Act, begun, type History } from '@/segment/history'
import { segmentFacts } from '@/segment/queries'
import { conditions, type Group, group, type Node, opened } from '@/segment/tree'
import { Card, Page } from '@/ui/Page'
import { Answered, Loading } from '@/ui/States'
import classes from './Builder.module.css'
import { BuildingContext } from './context'
import { GroupView } from './GroupView'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { Rail } from './Rail'
import { TextFields } from './rows/TextFields'
import { SaveDialog } from './SaveDialog'
import { usePreview } from './usePreview'

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
          ? { rule: group('and', []), text: '', problems: [] }
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
        <Link href={name === undefined ? '/segments' : addressOf.segment(name)} className={classes.back}>
          <ChevronLeft size={15} aria-hidden />
          {name === undefined ? t.back : (facts.data?.title ?? name)}
        </Link>
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
  useUndoKeys(act)
  const asText = address.get('as') === 'text'
  const show = (view: string) =>
    setAddress((before) => {
      const after = new URLSearchParams(before)
      if (view === 'text') after.set('as', 'text')
      else after.delete('as')
      return after
    })
  const isEmpty = conditions(tree).length === 0
  const building = { tree, change, words, counted: counted.part, whole: counted.found?.count, wrong: (path: string) => counted.wrong.get(path) }
  const mayDefine = me.data?.actions.includes('define') ?? false
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
              <TextFields of={t.textLabel} node={(counted.found?.tree as Node | undefined) ?? props.rule} onChange={(node) => change(opened(node))} autoFocus />
              <p className="quiet small">{t.textHint}</p>
            </Card>
          ) : (
            <GroupView node={tree} path="" number="" depth={0} />
          )}
        </div>
        <Rail counted={counted} isEmpty={isEmpty}>
          {mayDefine ? (
            <Button disabled={isEmpty || counted.wrong.size > 0 || counted.found === undefined || (name !== undefined && !changed)} onClick={() => setSaving(true)}>
              {t.save}
            </Button>
          ) : (
            <p className="quiet small">{t.mayNot}</p>
          )}
        </Rail>
      </div>
      {saving && counted.found ? (
        <SaveDialog text={counted.found.rule} existing={name} close={() => setSaving(false)} saved={() => localStorage.removeItem(draft)} />
      ) : null}
    </BuildingContext>
  )
}

/** Undo and redo by the keys everybody knows, but not where a field has its own. */
function useUndoKeys(act: (what: Act<Group>) => void) {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const inField = event.target instanceof HTMLElement && event.target.closest('input, textarea, select') !== null
      if (inField || !(event.metaKey || event.ctrlKey) || event.key.toLowerCase() !== 'z') return
      event.preventDefault()
      act({ do: event.shiftKey ? 'redo' : 'undo' })
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [act])
}
