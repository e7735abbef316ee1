import { ActionIcon, Menu } from '@mantine/core'
import { ArrowDown, ArrowUp, Code, Ellipsis, FolderTree, Trash2 } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { useFormat, useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import { keptKey } from '@/segment/keys'
import { nodeOf, type Row as RowShape, rowOf } from '@/segment/leaves'
import { added, moved, nested, type Node, pathOf, removed, replaced, steps } from '@/segment/tree'
import classes from './Builder.module.css'
import { firstCondition, useBuilding } from './context'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { DeedFields } from './rows/DeedFields'
import { Name, Word } from './rows/fields'
import { FilterFields } from './rows/FilterFields'
import { TextFields } from './rows/TextFields'

/** One condition: its controls, how many match it, and what the rule would be without it. */
export function Row(props: { node: Node; path: string; number: string }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const building = useBuilding()
  const { tree, change, words, whole } = building
  const { node, path } = props
  const [asText, setAsText] = useState(false)
  const of = t.condition(props.number)
  const counted = building.counted(path)
  const wrong = building.wrong(path)
  const set = (next: Node) => change(replaced(tree, path, keptKey(node, next)))
  const place = steps(path).at(-1) as number
  const keys = (event: KeyboardEvent) => {
    const command = event.metaKey || event.ctrlKey
    if (event.altKey && event.key === 'ArrowUp') change(moved(tree, path, -1))
    else if (event.altKey && event.key === 'ArrowDown') change(moved(tree, path, 1))
    else if (event.altKey && event.key === 'ArrowRight') change(nested(tree, path))
    else if (command && event.key === 'Backspace') change(removed(tree, path))
    else if (command && event.key === 'Enter') change(added(tree, pathOf(steps(path).slice(0, -1)), firstCondition('deed', words), place))
    else return
    event.preventDefault()
  }
  return (
    <div role="group" aria-label={of} className={`${classes.row} ${wrong ? classes.rowWrong : ''}`} onKeyDown={keys}>
      <div className={classes.fields}>
        <Fields row={asText ? { kind: 'text' } : rowOf(node)} node={node} of={of} set={set} />
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
            <Menu.Item leftSection={<ArrowUp size={14} aria-hidden />} onClick={() => change(moved(tree, path, -1))}>{t.up}</Menu.Item>
            <Menu.Item leftSection={<ArrowDown size={14} aria-hidden />} onClick={() => change(moved(tree, path, 1))}>{t.down}</Menu.Item>
            <Menu.Item leftSection={<FolderTree size={14} aria-hidden />} onClick={() => change(nested(tree, path))}>{t.nest}</Menu.Item>
            <Menu.Item leftSection={<Code size={14} aria-hidden />} onClick={() => setAsText(!asText)}>{asText ? t.builder : t.asText}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <ActionIcon variant="subtle" color="gray" aria-label={`${t.remove} ${of}`} onClick={() => change(removed(tree, path))}>
          <Trash2 size={15} aria-hidden />
        </ActionIcon>
      </div>
      {counted?.without != null && whole !== undefined ? (
        <p className={`num ${classes.without}`}>{t.without(format.number(counted.without), format.signed(counted.without - whole))}</p>
      ) : null}
    </div>
  )
}

function Fields(props: { row: RowShape; node: Node; of: string; set: (node: Node) => void }) {
  const t = useMessages({ en, pt })
  const { words } = useBuilding()
  const { row, of, set } = props
  switch (row.kind) {
    case 'deed':
      return <DeedFields of={of} row={row} onChange={(next) => set(nodeOf(next))} />
    case 'trait':
      return (
        <FilterFields
          of={of}
          what={t.trait}
          filter={row.filter}
          names={words.traits.map((one) => ({ value: one.name, label: one.title ?? wordsOf(one.name), type: one.type }))}
          onChange={(filter) => set(nodeOf({ kind: 'trait', filter }))}
        />
      )
    case 'segment':
      return (
        <>
          <Word
            of={of}
            what={t.membership}
            value={row.negated ? 'not' : 'in'}
            choices={[{ value: 'in', label: t.is }, { value: 'not', label: t.isNot }]}
            onChange={(next) => set(nodeOf({ ...row, negated: next === 'not' }))}
          />
          <Name
            of={of}
            what={t.segment}
            value={row.name}
            choices={words.segments.map((one) => ({ value: one.name, label: one.title ?? one.name }))}
            onChange={(name) => set(nodeOf({ ...row, name }))}
          />
        </>
      )
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
