import { Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useSearchParams } from 'wouter'
import { whoAmI } from '@/api/queries'
import { useMessages } from '@/i18n/language'
import { Page } from '@/ui/Page'
import { Loading } from '@/ui/States'
import { settingsMessages } from './messages'
import { Project } from './Project'
import classes from './Settings.module.css'

const Keys = lazy(() => import('./Keys'))
const Users = lazy(() => import('./Users'))
const Trail = lazy(() => import('./Trail'))
const TABS = ['project', 'keys', 'users', 'trail'] as const
type Tab = (typeof TABS)[number]
const VIEWS = { project: Project, keys: Keys, users: Users, trail: Trail }

/** How this project counts, and who may do what. */
export default function Settings() {
  const t = useMessages(settingsMessages)
  const me = useQuery(whoAmI)
  const [query, setQuery] = useSearchParams()
  const mayManage = me.data?.actions.includes('manage') ?? false
  const wanted = query.get('tab') as Tab
  const tab = TABS.includes(wanted) ? wanted : 'project'
  const shown = TABS.filter((one) => one === 'project' || one === tab || mayManage)
  const View = VIEWS[tab]
  return (
    <Page title={t.title} lead={t.lead}>
      <Tabs value={tab} onChange={(next) => setQuery(next === null ? {} : { tab: next })} keepMounted={false} classNames={{ list: classes.tabs, panel: classes.panel }}>
        <Tabs.List aria-label={t.sections}>
          {shown.map((one) => (
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
