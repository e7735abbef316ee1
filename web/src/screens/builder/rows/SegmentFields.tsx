import { useMessages } from '@/i18n/language'
import type { Belongs } from '@/segment/leaves'
import { useBuilding } from '../context'
import { en } from '../messages.en'
import { pt } from '../messages.pt'
import { Name, Span, Word } from './fields'
import { WindowFields } from './WindowFields'

const WAYS = ['in', 'not', 'long', 'entered', 'left'] as const

/** In a segment or not, for how long, or one who came or went. */
export function SegmentFields(props: { of: string; row: Belongs; onChange: (row: Belongs) => void }) {
  const t = useMessages({ en, pt })
  const { words } = useBuilding()
  const { of, row, onChange } = props
  const moved = row.how === 'entered' || row.how === 'left'
  return (
    <>
      <Word
        of={of}
        what={t.membership}
        value={row.how}
        choices={WAYS.map((one) => ({ value: one, label: t.memberships[one] }))}
        onChange={(how) => onChange({ ...row, how: how as Belongs['how'] })}
      />
      <Name
        of={of}
        what={t.segment}
        value={row.name}
        choices={words.segments.map((one) => ({ value: one.name, label: one.title ?? one.name }))}
        onChange={(name) => onChange({ ...row, name })}
      />
      {row.how === 'long' ? (
        <>
          <span>{t.forAtLeast}</span>
          <Span of={of} what={t.span} value={row.atLeast} onChange={(atLeast) => onChange({ ...row, atLeast })} />
        </>
      ) : null}
      {moved ? <WindowFields of={of} window={row.window ?? { form: 'in_last', span: '30d' }} needed onChange={(window) => onChange({ ...row, window })} /> : null}
    </>
  )
}
