import { Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect } from 'react'
import { useSearchParams } from 'wouter'
import { whoAmI } from '@/api/queries'
import { useMessages } from '@/i18n/language'
import { Page } from '@/ui/Page'
import { Loading } from '@/ui/States'
import { Catalogue } from './Catalogue'
import classes from './Data.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { Quality } from './Quality'
import { Sources } from './Sources'

const Held = lazy(() => import('./Held').then((it) => ({ default: it.Held })))
const Quarantine = lazy(() => import('./Quarantine').then((it) => ({ default: it.Quarantine })))

const TABS = ['sources', 'catalogue', 'quality', 'quarantine', 'held'] as const
type Tab = (typeof TABS)[number]
const VIEWS = { sources: Sources, catalogue: Catalogue, quality: Quality, quarantine: Quarantine, held: Held }

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
          <Suspense fallback={<Loading lines={8} />}>
            <View />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
