import { Button, CopyButton } from '@mantine/core'
import type { Shapes } from '@/api/client'
import { useMessages } from '@/i18n/language'
import { Card, Section } from '@/ui/Page'
import { en } from './messages.en'
import { pt } from './messages.pt'
import classes from './Segment.module.css'

/** What the segment means, in words and as a rule. */
export function Definition(props: { segment: Shapes['SegmentFacts'] }) {
  const t = useMessages({ en, pt })
  const { segment } = props
  return (
    <Section
      title={t.rule}
      lead={t.ruleLead}
      aside={
        <CopyButton value={segment.rule}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" onClick={copy}>
              {copied ? t.copied : t.copy}
            </Button>
          )}
        </CopyButton>
      }
    >
      <Card>
        <pre className={classes.rule} tabIndex={0}>{segment.rule.trim()}</pre>
      </Card>
      <dl className={classes.facts}>
        <dt>{t.sentence}</dt>
        <dd>{segment.sentence}</dd>
        {segment.why ? (
          <>
            <dt>{t.reason}</dt>
            <dd>{segment.why}</dd>
          </>
        ) : null}
        {segment.place ? (
          <>
            <dt>{t.place}</dt>
            <dd>
              <code>{segment.place}</code>
            </dd>
          </>
        ) : null}
      </dl>
    </Section>
  )
}
