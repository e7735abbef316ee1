import { NativeSelect, SegmentedControl, Select, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import classes from './Compose.module.css'
import type { PartOfForm } from './Compose'
import { en } from './messages.en'
import { pt } from './messages.pt'

/** A segment or a rule, and the purpose that people agreed to. */
export function Whom(props: PartOfForm) {
  const t = useMessages({ en, pt })
  const { draft, put, words } = props
  const { audience, purpose } = draft.fields
  const known = words.segments.map((one) => ({ value: one.name, label: one.title ?? one.name }))
  const isSegment = !audience || known.some((one) => one.value === audience)
  const [kind, setKind] = useState<'segment' | 'rule'>(isSegment ? 'segment' : 'rule')
  const purposes = [...new Set([...words.purposes, ...(purpose ? [purpose] : [])])]
  return (
    <div className={classes.fields}>
      <div className={classes.whole}>
        <SegmentedControl
          size="xs"
          aria-label={t.audienceKind}
          value={kind}
          onChange={(next) => setKind(next as typeof kind)}
          data={(['segment', 'rule'] as const).map((one) => ({ value: one, label: t.kinds[one] }))}
        />
      </div>
      {kind === 'segment' ? (
        <Select
          label={t.segment}
          placeholder={t.segmentPick}
          searchable
          required
          data={known}
          nothingFoundMessage={known.length === 0 ? t.noSegments : t.nothingFound}
          limit={100}
          value={isSegment ? (audience ?? null) : null}
          onChange={(value) => put({ audience: value })}
        />
      ) : (
        <Textarea className={`${classes.whole} ${classes.mono}`} label={t.rule} description={t.ruleHint} required autosize minRows={2} spellCheck={false} value={audience ?? ''} onChange={(event) => put({ audience: event.currentTarget.value })} />
      )}
      <NativeSelect
        label={t.purpose}
        description={t.purposeHint}
        required
        value={purpose ?? ''}
        data={[{ value: '', label: t.purposePick }, ...purposes.map((one) => ({ value: one, label: wordsOf(one) }))]}
        onChange={(event) => put({ purpose: event.currentTarget.value })}
      />
    </div>
  )
}
