import { useQuery } from '@tanstack/react-query'
import { type ComponentType, lazy, type LazyExoticComponent } from 'react'
import { useLocation, useParams } from 'wouter'
import type { Shapes } from '@/api/client'
import { BringLink } from '@/bring/BringLink'
import { useMessages } from '@/i18n/language'
import { Page } from '@/ui/Page'
import { Parts } from '@/ui/Parts'
import { Answered, EmptyState, Loading } from '@/ui/States'
import { startable } from './asking'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { wordsKnown } from './queries'

const TABS = ['funnel', 'paths', 'retention', 'groups'] as const
type Tab = (typeof TABS)[number]
const VIEWS: Record<Tab, LazyExoticComponent<ComponentType<{ words: Shapes['WordsKnown'] }>>> = {
  funnel: lazy(() => import('./Funnel')),
  paths: lazy(() => import('./Paths')),
  retention: lazy(() => import('./Retention')),
  groups: lazy(() => import('./Groups')),
}

/** Where do people drop, what do they do next, do they come back? */
export default function Explore() {
  const t = useMessages({ en, pt })
  const words = useQuery(wordsKnown)
  const [, go] = useLocation()
  const wanted = useParams<{ view?: string }>().view as Tab
  const tab = TABS.includes(wanted) ? wanted : 'funnel'
  const View = VIEWS[tab]
  return (
    <Page title={t.title} lead={t.lead}>
      <Parts label={t.sections} names={t.tabs} shown={TABS} part={tab} choose={(next) => go(`/explore/${next}`)}>
        <Answered query={words} loading={<Loading lines={8} />}>
          {(known) =>
            startable(known.events).length === 0 ? (
              <EmptyState
                kind="nothing-yet"
                title={t.noEvents}
                why={t.noEventsWhy}
                action={<BringLink />}
              />
            ) : (
              <View words={known} />
            )
          }
        </Answered>
      </Parts>
    </Page>
  )
}
