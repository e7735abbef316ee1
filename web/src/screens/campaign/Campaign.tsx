import { Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ChevronLeft } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { Link, useParams, useSearchParams } from 'wouter'
import { whoAmI } from '@/api/queries'
import { decoded } from '@/app/address'
import { campaignShown } from '@/campaigns/queries'
import type { Campaign as Shown } from '@/campaigns/shapes'
import { StateMark } from '@/campaigns/StateMark'
import { useMessages } from '@/i18n/language'
import { Page } from '@/ui/Page'
import { Failed, Loading } from '@/ui/States'
import classes from './Campaign.module.css'
import { Definition } from './Definition'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { Plan } from './Plan'

const ResultsTab = lazy(() => import('./Results'))
const Messages = lazy(() => import('./Messages'))

const TABS = ['plan', 'messages', 'results', 'definition'] as const
type Tab = (typeof TABS)[number]

/** Whom does it reach, what do they get, and did it help? */
export default function Campaign() {
  const t = useMessages({ en, pt })
  const { name: given } = useParams<{ name: string }>()
  const name = decoded(given)
  const campaign = useQuery(campaignShown(name))
  const above = (
    <Link href="/campaigns" className={`${classes.back} no-print`}>
      <ChevronLeft size={15} aria-hidden />
      {t.back}
    </Link>
  )
  if (campaign.data === undefined)
    return (
      <Page title={name} above={above}>
        {campaign.error ? <Failed error={campaign.error} retry={() => void campaign.refetch()} /> : <Loading lines={8} />}
      </Page>
    )
  return (
    <Page title={campaign.data.title ?? name} lead={campaign.data.sentence} above={above} actions={<StateMark state={campaign.data.state} isChanged={campaign.data.is_changed} />}>
      <Parts campaign={campaign.data} />
    </Page>
  )
}

function Parts(props: { campaign: Shown }) {
  const t = useMessages({ en, pt })
  const { campaign } = props
  const me = useQuery(whoAmI)
  const [query, setQuery] = useSearchParams()
  const mayMeet = me.data?.actions.includes('people') ?? false
  const isThere = campaign.audience !== null
  const shown = TABS.filter((tab) => (tab !== 'messages' || (mayMeet && isThere)) && (tab !== 'results' || isThere))
  const wanted = query.get('tab') as Tab
  const first = campaign.started_at !== null && isThere ? 'results' : 'plan'
  const tab = shown.includes(wanted) ? wanted : first
  const choose = (next: string | null) =>
    setQuery((before) => {
      const after = new URLSearchParams(before)
      after.set('tab', next ?? first)
      return after
    })
  return (
    <Tabs value={tab} onChange={choose} keepMounted={false} classNames={{ panel: classes.panel, list: classes.tabs }}>
      <Tabs.List aria-label={t.sections}>
        {shown.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {t.tabs[one]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="plan">
        <Plan campaign={campaign} />
      </Tabs.Panel>
      {shown.includes('messages') ? (
        <Tabs.Panel value="messages">
          <Suspense fallback={<Loading lines={8} />}>
            <Messages name={campaign.name} />
          </Suspense>
        </Tabs.Panel>
      ) : null}
      {shown.includes('results') ? (
        <Tabs.Panel value="results">
          <Suspense fallback={<Loading lines={8} />}>
            <ResultsTab campaign={campaign} />
          </Suspense>
        </Tabs.Panel>
      ) : null}
      <Tabs.Panel value="definition">
        <Definition campaign={campaign} />
      </Tabs.Panel>
    </Tabs>
  )
}
