import { ActionIcon, Menu } from '@mantine/core'
import { ArrowDown, ArrowLeft, ArrowUp, Code, Ellipsis, FolderTree, Trash2 } from 'lucide-react'
import { type KeyboardEvent, lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useFormat, useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import { keptKey, keyOf } from '@/segment/keys'
import { nodeOf, type Row as RowShape, rowOf } from '@/segment/leaves'
import { added, moved, nested, type Node, pathOf, removed, replaced, steps, unnested } from '@/segment/tree'
import classes from './Builder.module.css'
import { firstCondition, focusAfter, useBuilding } from './context'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { DeedFields } from './rows/DeedFields'
import { Name } from './rows/fields'
import { FilterFields } from './rows/FilterFields'
import { SegmentFields } from './rows/SegmentFields'
import { TextFields } from './rows/TextFields'

const RankedFields = lazy(() => import('./rows/RankedFields'))
const SequenceFields = lazy(() => import('./rows/SequenceFields'))

/** One condition: its controls, how many match it, and what the rule would be without it. */
export function Row(props: { node: Node; path: string; number: string }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const building = useBuilding()
  const { tree, change, words, whole } = building
  const { node, path } = props
  const [asText, setAsText] = useState(false)
  const own = useRef<HTMLDivElement>(null)
  const of = t.condition(props.number)
  const counted = building.counted(path)
  const wrong = building.wrong(path)
  const set = (next: Node) => change(replaced(tree, path, keptKey(node, next)))
  const place = steps(path).at(-1) as number
  const isInner = steps(path).length > 1
  const { focus } = building
  useEffect(() => {
    if (focus.current !== keyOf(node)) return
    focus.current = undefined
    own.current?.querySelector<HTMLElement>('select, input, textarea')?.focus()
  })
  /** A change after which this very row has the focus again, wherever it stands then. */
  const keeping = (next: typeof tree) => {
    focus.current = keyOf(node)
    change(next)
  }
  const addBelow = () => {
    const part = firstCondition('deed', words)
    focus.current = keyOf(part)
    change(added(tree, pathOf(steps(path).slice(0, -1)), part, place))
  }
  const remove = () => {
    focusAfter(own.current)
    change(removed(tree, path))
  }
  const keys = (event: KeyboardEvent) => {
    const command = event.metaKey || event.ctrlKey
    if (event.altKey && event.key === 'ArrowUp') keeping(moved(tree, path, -1))
    else if (event.altKey && event.key === 'ArrowDown') keeping(moved(tree, path, 1))
    else if (event.altKey && event.key === 'ArrowRight') keeping(nested(tree, path))
    else if (event.altKey && event.key === 'ArrowLeft') keeping(unnested(tree, path))
    else if (command && event.key === 'Backspace') remove()
    else if (event.key === 'Enter' && (command || isPlainInput(event.target))) addBelow()
    else return
    event.preventDefault()
  }
  return (
    <div ref={own} role="group" aria-label={of} data-row className={`${classes.row} ${wrong ? classes.rowWrong : ''}`} onKeyDown={keys}>
      <div className={classes.fields}>
        <Suspense fallback={<span className="quiet">…</span>}>
          <Fields row={asText ? { kind: 'text' } : rowOf(node)} node={node} of={of} path={path} set={set} />
        </Suspense>
        {wrong ? <p className={classes.wrong}>{wrong}</p> : null}
      </div>
      <div className={classes.rowAside}>
        <span className={`num ${classes.alone}`} aria-label={counted ? t.matches(format.number(counted.count)) : undefined} title={counted ? t.matches(format.number(counted.count)) : undefined}>
          {counted ? format.number(counted.count) : '·'}
        </span>
        <Menu position="bottom-end" width={210}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={`${of}: ${t.more}`}>
              <Ellipsis size={16} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<ArrowUp size={14} aria-hidden />} rightSection={<kbd>Alt ↑</kbd>} onClick={() => change(moved(tree, path, -1))}>{t.up}</Menu.Item>
            <Menu.Item leftSection={<ArrowDown size={14} aria-hidden />} rightSection={<kbd>Alt ↓</kbd>} onClick={() => change(moved(tree, path, 1))}>{t.down}</Menu.Item>
            <Menu.Item leftSection={<FolderTree size={14} aria-hidden />} rightSection={<kbd>Alt →</kbd>} onClick={() => change(nested(tree, path))}>{t.nest}</Menu.Item>
            {isInner ? (
              <Menu.Item leftSection={<ArrowLeft size={14} aria-hidden />} rightSection={<kbd>Alt ←</kbd>} onClick={() => change(unnested(tree, path))}>{t.unnest}</Menu.Item>
            ) : null}
            <Menu.Item leftSection={<Code size={14} aria-hidden />} onClick={() => setAsText(!asText)}>{asText ? t.builder : t.asText}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <ActionIcon variant="subtle" color="gray" aria-label={`${t.remove} ${of}`} onClick={remove}>
          <Trash2 size={15} aria-hidden />
        </ActionIcon>
      </div>
      <p className={`num ${classes.without}`}>
        {counted?.without != null && whole !== undefined ? t.without(format.number(counted.without), format.signed(counted.without - whole)) : '\u00a0'}
      </p>
    </div>
  )
}

/** A field where Enter has no other meaning. */
const isPlainInput = (it: EventTarget) => it instanceof HTMLInputElement && it.getAttribute('role') !== 'combobox' && it.getAttribute('aria-haspopup') !== 'listbox'

function Fields(props: { row: RowShape; node: Node; of: string; path: string; set: (node: Node) => void }) {
  const t = useMessages({ en, pt })
  const { words, counted } = useBuilding()
  const { row, of, set, path } = props
  switch (row.kind) {
    case 'deed':
      return <DeedFields of={of} row={row} onChange={(next) => set(nodeOf(next))} />
    case 'trait': {
      const unset = row.filter.orUnset === true ? counted(`${path}.rules[1]`)?.count : counted(path)?.unknown
      return (
        <FilterFields
          of={of}
          what={t.trait}
          isOf="trait"
          filter={row.filter}
          unset={unset}
          names={words.traits.map((one) => ({ value: one.name, label: one.title ?? wordsOf(one.name), type: one.predicts === 'chance' ? 'chance' : one.type }))}
          onChange={(filter) => set(nodeOf({ kind: 'trait', filter }))}
        />
      )
    }
    case 'segment':
      return <SegmentFields of={of} row={row} onChange={(next) => set(nodeOf(next))} />
    case 'ranked':
      return <RankedFields of={of} row={row} onChange={(next) => set(nodeOf(next))} />
    case 'sequence':
      return <SequenceFields of={of} row={row} onChange={(next) => set(nodeOf(next))} />
    case 'consent':
      return (
        <>
          <span>{t.consents}</span>
          <Name
            of={of}
            what={t.purpose}
            value={row.purpose}
            choices={words.purposes.map((one) => ({ value: one, label: wordsOf(one) }))}
            onChange={(purpose) => set(nodeOf({ ...row, purpose }))}
          />
        </>
      )
    case 'text':
      return <TextFields of={of} node={props.node} onChange={set} />
  }
}
