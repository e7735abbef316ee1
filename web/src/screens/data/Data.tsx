import { Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ComponentType, lazy, type LazyExoticComponent, Suspense, useEffect } from 'react'
import { useSearchParams } from 'wouter'
import { whoAmI } from '@/api/queries'
import { useMessages } from '@/i18n/language'
import { Page } from '@/ui/Page'
import { Loading } from '@/ui/States'
import classes from './Data.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

const TABS = ['sources', 'catalogue', 'quality', 'quarantine', 'held'] as const
type Tab = (typeof TABS)[number]
const VIEWS: Record<Tab, LazyExoticComponent<ComponentType>> = {
  sources: lazy(() => import('./Sources').then(({ Sources }) => ({ default: Sources }))),
  catalogue: lazy(() => import('./Catalogue').then(({ Catalogue }) => ({ default: Catalogue }))),
  quality: lazy(() => import('./Quality').then(({ Quality }) => ({ default: Quality }))),
  quarantine: lazy(() => import('./Quarantine').then(({ Quarantine }) => ({ default: Quarantine }))),
  held: lazy(() => import('./Held').then(({ Held }) => ({ default: Held }))),
}

/** Can I trust these numbers? */
export default function Data() {
  const t = useMessages({ en, pt })
  const me = useQuery(whoAmI)
  const [query, setQuery] = useSearchParams()
  const mayManage = me.data?.actions.includes('manage') ?? false
  const shown = TABS.filter((tab) => tab !== 'quarantine' || mayManage)
  const wanted = query.get('tab') as Tab
  // whoever may not see a part and has a link to it is told so, instead of being led elsewhere
  const tab = TABS.includes(wanted) ? wanted : 'sources'
  const View = VIEWS[tab]
  useEffect(() => {
    const chosen = document.querySelector('[role=tab][aria-selected=true]')
    chosen?.scrollIntoView({ block: 'nearest', inline: 'center' }) // on a phone it may stand outside
  }, [tab])
  return (
    <Page title={t.title} lead={t.lead}>
      <Tabs
        value={tab}
        onChange={(next) => setQuery(next === null ? {} : { tab: next })}
        keepMounted={false}
        classNames={{ list: classes.tabs, tab: classes.tab, panel: classes.panel }}
      >
        <Tabs.List aria-label={t.sections}>
          {(shown.includes(tab) ? shown : [...shown, tab]).map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t.tabs[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
          <Suspense fallback={<Loading lines={6} />}>
            <View />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
