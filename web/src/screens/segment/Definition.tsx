import { Button, CopyButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { Link } from 'wouter'
import type { Shapes } from '@/api/client'
import { whoAmI } from '@/api/queries'
import { useMessages } from '@/i18n/language'
import { Card, Section } from '@/ui/Page'
import { en } from './messages.en'
import { pt } from './messages.pt'
import classes from './Segment.module.css'

const Remove = lazy(() => import('./Remove'))

/** What the segment means, in words and as a rule. */
export function Definition(props: { segment: Shapes['SegmentFacts'] }) {
  const t = useMessages({ en, pt })
  const { segment } = props
  const me = useQuery(whoAmI)
  const [removing, setRemoving] = useState(false)
  const mayDefine = me.data?.actions.includes('define') ?? false
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
      {mayDefine ? (
        <div className={`${classes.ways} no-print`}>
          <Button component={Link} href={`/segments/new?rule=${encodeURIComponent(segment.rule.trim())}`} variant="default" size="xs">
            {t.another}
          </Button>
          {segment.partition === null ? (
            <Button variant="default" size="xs" onClick={() => setRemoving(true)}>
              {t.remove}
            </Button>
          ) : null}
        </div>
      ) : null}
      {removing ? (
        <Suspense>
          <Remove segment={segment} close={() => setRemoving(false)} />
        </Suspense>
      ) : null}
    </Section>
  )
}
