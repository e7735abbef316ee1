import { Button, CopyButton, SegmentedControl } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleCheck, Radio } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import { api, got, root } from '@/api/client'
import { whoAmI } from '@/api/queries'
import { servingStatus } from '@/data/queries'
import { useFormat, useMessages } from '@/i18n/language'
import { wordsOf } from '@/people/value'
import { Back } from '@/ui/Back'
import { Card, Page, Section } from '@/ui/Page'
import { Failed } from '@/ui/States'
import classes from './Connect.module.css'
import { connectMessages } from './messages'
import { INSTALL, type Kind, KINDS, snippet } from './snippets'

/** While one waits for the first event, it is looked for this often, in milliseconds. */
const OFTEN = 1000

/** A snippet that sends, and the first event as it arrives. */
export default function Connect() {
  const t = useMessages(connectMessages)
  const mayMake = useQuery(whoAmI).data?.actions.includes('manage') ?? false
  const [kind, setKind] = useState<Kind>('browser')
  const make = useMutation({
    mutationFn: async () => (await got(api.POST('/api/v1/keys', { body: { kind: 'write', name: 'from the page' } }))) as unknown as { key: string },
  })
  const code = snippet(kind, `${window.location.origin}${root}`, make.data?.key ?? 'WRITE_KEY')
  const install = INSTALL[kind]
  return (
    <Page
      title={t.title}
      lead={t.lead}
      above={
        <Back to="/data">{t.back}</Back>
      }
    >
      <Section title={t.key} lead={mayMake ? t.keyWhy : undefined}>
        <Card>
          <div role="status">
            {make.data ? (
              <>
                <code className={classes.key}>{make.data.key}</code>
                <p className={classes.note}>{t.made}</p>
              </>
            ) : mayMake ? (
              <Button loading={make.isPending} onClick={() => make.mutate()}>
                {t.make}
              </Button>
            ) : (
              t.noKey
            )}
          </div>
          {make.error ? <Failed error={make.error} /> : null}
        </Card>
      </Section>
      <Section title={t.snippet}>
        <Card>
          <div className={classes.head}>
            <SegmentedControl aria-label={t.snippet} value={kind} onChange={(next) => setKind(next as Kind)} data={KINDS.map((one) => ({ value: one, label: t.kinds[one] }))} />
            <CopyButton value={code}>
              {({ copied, copy }) => (
                <Button size="xs" variant="default" onClick={copy}>
                  {copied ? t.copied : t.copy}
                </Button>
              )}
            </CopyButton>
          </div>
          {install === null ? null : (
            <p className={classes.note}>
              <code className="name">{install}</code>
            </p>
          )}
          <pre className={classes.code} tabIndex={0} aria-label={t.codeOf(t.kinds[kind])}>
            {code}
          </pre>
        </Card>
      </Section>
      <Arriving />
    </Page>
  )
}

/** What has arrived since one came here: looked for again and again. */
function Arriving() {
  const t = useMessages(connectMessages)
  const format = useFormat()
  const client = useQueryClient()
  const status = useQuery({ ...servingStatus, refetchInterval: OFTEN, staleTime: 0 }).data
  const first = useRef<{ events: number; quarantined: number } | null>(null)
  if (status !== undefined && first.current === null) first.current = { events: status.events, quarantined: status.quarantined }
  const came = status === undefined || first.current === null ? 0 : status.events - first.current.events
  const refused = status === undefined || first.current === null ? 0 : status.quarantined - first.current.quarantined
  const words = useQuery({ queryKey: ['words', 'arrived', came], enabled: came > 0, queryFn: ({ signal }) => got(api.GET('/api/v1/words', { signal })) }).data
  const hasCome = came > 0
  useEffect(() => {
    if (hasCome) void client.invalidateQueries({ queryKey: ['project'] })
  }, [hasCome, client])
  const names = (words?.events ?? []).filter((event) => event.rows > 0 && event.parent === null)
  const Icon = hasCome ? CircleCheck : Radio
  return (
    <Card>
      <div className={classes.arriving} role="status">
        <Icon size={22} aria-hidden className={hasCome ? classes.come : classes.wait} />
        <div>
          <strong>{hasCome ? t.arrived(format.number(came)) : t.waiting}</strong>
          <div className="quiet small">{hasCome ? t.arrivedWhy : t.waitingWhy}</div>
          {hasCome ? <div>{format.list(names.map((event) => `${event.title ?? wordsOf(event.name)} (${format.number(event.rows)})`))}</div> : null}
          {refused > 0 ? (
            <div className={classes.refused}>
              {t.refused(format.number(refused))} <Link href="/data?tab=quarantine">{t.look}</Link>
            </div>
          ) : null}
        </div>
        {hasCome ? (
          <Button component={Link} href="/data?tab=catalogue" variant="default" size="xs">
            {t.see}
          </Button>
        ) : null}
      </div>
    </Card>
  )
}
