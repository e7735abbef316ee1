import { useQuery } from '@tanstack/react-query'
import { lazy } from 'react'
import { whoAmI } from '@/api/queries'
import { useMessages } from '@/i18n/language'
import { Page } from '@/ui/Page'
import { Parts, usePart } from '@/ui/Parts'
import { settingsMessages } from './messages'
import { Project } from './Project'

const Keys = lazy(() => import('./Keys'))
const Users = lazy(() => import('./Users'))
const Trail = lazy(() => import('./Trail'))
const PARTS = ['project', 'keys', 'users', 'trail'] as const
const VIEWS = { project: Project, keys: Keys, users: Users, trail: Trail }

/** How this project counts, and who may do what. */
export default function Settings() {
  const t = useMessages(settingsMessages)
  const me = useQuery(whoAmI)
  const mayManage = me.data?.actions.includes('manage') ?? false
  const [part, choose] = usePart(PARTS, 'project')
  const View = VIEWS[part]
  return (
    <Page title={t.title} lead={t.lead}>
      <Parts label={t.sections} names={t.tabs} shown={PARTS.filter((one) => one === 'project' || one === part || mayManage)} part={part} choose={choose}>
        <View />
      </Parts>
    </Page>
  )
}
