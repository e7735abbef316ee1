import { Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ComponentType, lazy, type LazyExoticComponent, Suspense } from 'react'
import { useLocation, useParams } from 'wouter'
import type { Shapes } from '@/api/client'
import { BringLink } from '@/bring/BringLink'
import { useMessages } from '@/i18n/language'
import { Page } from '@/ui/Page'
import { Answered, EmptyState, Loading } from '@/ui/States'
import classes from './Explore.module.css'
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
      <Tabs value={tab} onChange={(next) => go(`/explore/${next}`)} keepMounted={false} classNames={{ list: classes.tabs, tab: classes.tab, panel: classes.panel }}>
        <Tabs.List aria-label={t.sections}>
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t.tabs[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
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
                <Suspense fallback={<Loading lines={8} />}>
                  <View words={known} />
                </Suspense>
              )
            }
          </Answered>
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
