import { ActionIcon, Button, SegmentedControl } from '@mantine/core'
import { FolderPlus, Trash2, UserMinus } from 'lucide-react'
import { Fragment } from 'react'
import { useFormat, useMessages } from '@/i18n/language'
import { keyOf } from '@/segment/keys'
import { isRow } from '@/segment/leaves'
import { added, except, type Group, type GroupForm, group, isExcept, isGroup, type Node, removed, replaced } from '@/segment/tree'
import { AddMenu } from './AddMenu'
import classes from './Builder.module.css'
import { firstCondition, useBuilding } from './context'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { Row } from './Row'

const DEEPEST = 4

/** A group and what is in it; one word joins all of it, so that and/or never mix on a level. */
export function GroupView(props: { node: Group; path: string; number: string; depth: number; asExcept?: boolean }) {
  const t = useMessages({ en, pt })
  const { tree, change } = useBuilding()
  const { node, path, number, depth } = props
  const join = (form: GroupForm) => change(replaced(tree, path, { ...node, form }))
  const shown = node.rules.map((rule, place) => ({ rule, place, last: isExcept(rule) })).sort((a, b) => Number(a.last) - Number(b.last))
  const label = props.asExcept ? t.exceptTitle : number === '' ? t.whole : t.group(number)
  return (
    <fieldset className={`${classes.group} ${depth > 0 ? classes.inner : ''} ${props.asExcept ? classes.except : ''}`}>
      <legend className="hidden">{label}</legend>
      <div className={classes.groupHead}>
        {props.asExcept ? (
          <span className={classes.exceptTitle}>{t.exceptTitle}</span>
        ) : (
          <>
            <span className="quiet">{depth === 0 ? t.matchThose : null}</span>
            <SegmentedControl
              size="xs"
              aria-label={label}
              value={node.form}
              onChange={(value) => join(value as GroupForm)}
              data={[{ value: 'and', label: t.all }, { value: 'or', label: t.any }]}
            />
          </>
        )}
        <GroupAside path={path} label={label} />
      </div>
      <div className={classes.parts}>
        {shown.map(({ rule, place }, position) => {
          const below = path === '' ? `rules[${place}]` : `${path}.rules[${place}]`
          const name = number === '' ? String(place + 1) : `${number}.${place + 1}`
          return (
            <Fragment key={keyOf(rule)}>
              {position > 0 && !isExcept(rule) ? <div className={classes.joint}>{node.form === 'and' ? t.and : t.or}</div> : null}
              {isGroup(rule) && !isRow(rule) ? (
                <GroupView node={rule} path={below} number={name} depth={depth + 1} />
              ) : isExcept(rule) ? (
                <GroupView node={rule.rule} path={`${below}.rule`} number={name} depth={depth + 1} asExcept />
              ) : (
                <Row node={rule} path={below} number={name} />
              )}
            </Fragment>
          )
        })}
      </div>
      <Adding node={node} path={path} depth={depth} label={label} />
    </fieldset>
  )
}

function GroupAside(props: { path: string; label: string }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { tree, change, counted } = useBuilding()
  const found = counted(props.path)
  if (props.path === '') return null
  return (
    <span className={classes.rowAside}>
      <span className={`num ${classes.alone}`} title={found ? t.matches(format.number(found.count)) : undefined}>
        {found ? format.number(found.count) : null}
      </span>
      <ActionIcon variant="subtle" color="gray" aria-label={`${t.remove} ${props.label}`} onClick={() => change(removed(tree, props.path.replace(/\.rule$/, '')))}>
        <Trash2 size={15} aria-hidden />
      </ActionIcon>
    </span>
  )
}

function Adding(props: { node: Group; path: string; depth: number; label: string }) {
  const t = useMessages({ en, pt })
  const { tree, change, words, focus } = useBuilding()
  const { node, path } = props
  const other: GroupForm = node.form === 'and' ? 'or' : 'and'
  const add = (part: Node) => {
    focus.current = keyOf(isExcept(part) ? (part.rule.rules[0] ?? part) : isGroup(part) ? (part.rules[0] ?? part) : part)
    change(added(tree, path, part))
  }
  return (
    <div className={classes.adding}>
      <AddMenu label={props.label} slash={path === ''} add={add} />
      {props.depth < DEEPEST ? (
        <Button size="xs" variant="subtle" color="gray" leftSection={<FolderPlus size={14} aria-hidden />} onClick={() => add(group(other, [firstCondition('deed', words)]))}>
          {t.addGroup}
          <span className="hidden"> · {props.label}</span>
        </Button>
      ) : null}
      {path === '' && !node.rules.some(isExcept) ? (
        <Button size="xs" variant="subtle" color="gray" leftSection={<UserMinus size={14} aria-hidden />} onClick={() => exceptTo(add, change, node, firstCondition('deed', words))}>
          {t.addExcept}
        </Button>
      ) : null}
    </div>
  )
}

/** An exception holds of the whole: beside alternatives, these first become a group of their own. */
function exceptTo(add: (part: Node) => void, change: (next: Group) => void, node: Group, first: Node) {
  if (node.form === 'and') add(except([first]))
  else change(group('and', [node, except([first])]))
}
