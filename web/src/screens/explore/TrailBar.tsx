import { Button } from '@mantine/core'
import { Link } from 'wouter'
import type { Shapes } from '@/api/client'
import { useFormat, useMessages } from '@/i18n/language'
import { Card, Section } from '@/ui/Page'
import { ALWAYS, builderOf, didRule, thenRule } from './asking'
import classes from './Explore.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { around, type Bar, barOf, ELSE, END, idOf } from './trails'
import { useChoice } from './useChoice'

/** One bar of the paths: where its people came from, where they went, and a rule for them. */
export function TrailBar(props: { id: string; found: Shapes['PathsFound']; name: (node: string) => string; start: string }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { one, choose } = useChoice()
  const { found, start } = props
  const { step, name } = barOf(props.id)
  const title = props.name(name)
  const count = found.levels.find((level) => level.step === step)?.nodes.find((node) => node.name === name)?.count ?? 0
  const { nearer, further } = around(found, step, name)
  const isBack = found.direction === 'before'
  const [among, window] = [one('segment'), one('window') ?? ALWAYS]
  const isEvent = name !== ELSE && name !== END && step > 0
  const [first, then] = isBack ? [name, start] : [start, name]
  return (
    <Section title={t.nodeTitle(title, step)} lead={t.nodeShare(format.number(count), format.percent(count / Math.max(1, found.people)))}>
      <Card>
        <div className={classes.sides} role="status">
          <Bars title={t.cameFrom} bars={isBack ? further : nearer} {...props} />
          <Bars title={t.wentTo} bars={isBack ? nearer : further} {...props} />
          <div className={classes.doing}>
            {isEvent ? (
              <>
                <Button component={Link} variant="default" size="xs" href={builderOf(thenRule({ first, then, within: ALWAYS, window, among }))} className={classes.wrap}>
                  {t.didBoth(props.name(first === start ? found.start : first), props.name(then === start ? found.start : then))}
                </Button>
                <p className="quiet small">{t.didBothWhy}</p>
                <Button variant="subtle" size="xs" onClick={() => choose({ start: name, bar: null })}>
                  {t.startHere}
                </Button>
              </>
            ) : step === 0 ? (
              <Button component={Link} variant="default" size="xs" href={builderOf(didRule(start, window, among))}>
                {t.didStart}
              </Button>
            ) : (
              <p className="quiet small">{name === ELSE ? t.elseWhy : isBack ? t.endWhyBack : t.endWhy}</p>
            )}
          </div>
        </div>
      </Card>
    </Section>
  )
}

function Bars(props: { title: string; bars: readonly Bar[]; name: (node: string) => string }) {
  const format = useFormat()
  const { choose } = useChoice()
  if (props.bars.length === 0) return null
  return (
    <div>
      <h3>{props.title}</h3>
      <ul>
        {props.bars.map((bar) => (
          <li key={bar.name}>
            <button type="button" className={classes.plain} onClick={() => choose({ bar: idOf(bar.step, bar.name) })}>
              {props.name(bar.name)}
            </button>{' '}
            <span className="num quiet">{format.number(bar.count)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
