import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Pencil } from 'lucide-react'
import { lazy, useState } from 'react'
import { Link, useParams } from 'wouter'
import { whoAmI } from '@/api/queries'
import { decoded } from '@/app/address'
import { campaignShown } from '@/campaigns/queries'
import type { Campaign as Shown } from '@/campaigns/shapes'
import { StateMark } from '@/campaigns/StateMark'
import { useMessages } from '@/i18n/language'
import { Back } from '@/ui/Back'
import { OneThing } from '@/ui/OneThing'
import { Page } from '@/ui/Page'
import { Parts, usePart } from '@/ui/Parts'
import { Definition } from './Definition'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { Plan } from './Plan'

const ResultsTab = lazy(() => import('./Results'))
const Messages = lazy(() => import('./Messages'))

const PARTS = ['plan', 'messages', 'results', 'definition'] as const

/** Whom does it reach, what do they get, and did it help? */
export default function Campaign() {
  const t = useMessages({ en, pt })
  const { name: given } = useParams<{ name: string }>()
  const name = decoded(given)
  const campaign = useQuery(campaignShown(name))
  const above = <Back to="/campaigns">{t.back}</Back>
  return (
    <OneThing name={name} query={campaign} above={above}>
      {(found) => (
        <Page title={found.title ?? name} lead={found.sentence} above={above} actions={<Actions campaign={found} />}>
          <CampaignParts key={found.name} campaign={found} />
        </Page>
      )}
    </OneThing>
  )
}

function Actions(props: { campaign: Shown }) {
  const t = useMessages({ en, pt })
  const { campaign } = props
  const mayDefine = useQuery(whoAmI).data?.actions.includes('define') ?? false
  return (
    <>
      <StateMark state={campaign.state} isChanged={campaign.is_changed} />
      {mayDefine && campaign.audience !== null ? (
        <Button component={Link} href={`/campaigns/${encodeURIComponent(campaign.name)}/edit`} variant="default" leftSection={<Pencil size={15} aria-hidden />}>
          {t.edit}
        </Button>
      ) : null}
    </>
  )
}

function CampaignParts(props: { campaign: Shown }) {
  const t = useMessages({ en, pt })
  const { campaign } = props
  const me = useQuery(whoAmI)
  const mayMeet = me.data?.actions.includes('people') ?? false
  const isThere = campaign.audience !== null
  const shown = PARTS.filter((one) => (one !== 'messages' || (mayMeet && isThere)) && (one !== 'results' || isThere))
  // as it was when one came: starting it leaves one at the steps
  const [first] = useState<(typeof PARTS)[number]>(campaign.started_at !== null && isThere ? 'results' : 'plan')
  const [part, choose] = usePart(shown, first, true)
  return (
    <Parts label={t.sections} names={t.tabs} shown={shown} part={part} choose={choose}>
      {part === 'plan' ? (
        <Plan campaign={campaign} />
      ) : part === 'messages' ? (
        <Messages name={campaign.name} />
      ) : part === 'results' ? (
        <ResultsTab campaign={campaign} />
      ) : (
        <Definition campaign={campaign} />
      )}
    </Parts>
  )
}
