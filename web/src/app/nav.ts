import { CircleQuestionMark, Compass, Database, House, Megaphone, Repeat, Settings, Telescope, type LucideIcon, UserRound, UsersRound } from 'lucide-react'
import { type ComponentType, lazy, type LazyExoticComponent } from 'react'
import type { ShellMessages } from './messages'

/** A place in the rail. Their order is that of the way of working: see, find, act, trust. */
export interface Place {
  path: string
  name: keyof ShellMessages['places']
  icon: LucideIcon
  /** What one must be allowed to do to see it. */
  needs: 'look' | 'people' | 'define' | 'manage'
}

// Privacy takes its place here as it comes.
export const places: readonly Place[] = [
  { path: '/', name: 'home', icon: House, needs: 'look' },
  { path: '/segments', name: 'segments', icon: UsersRound, needs: 'look' },
  { path: '/lifecycle', name: 'lifecycle', icon: Repeat, needs: 'look' },
  { path: '/customers', name: 'customers', icon: UserRound, needs: 'people' },
  { path: '/explore', name: 'explore', icon: Compass, needs: 'look' },
  { path: '/predictions', name: 'predictions', icon: Telescope, needs: 'look' },
  { path: '/campaigns', name: 'campaigns', icon: Megaphone, needs: 'look' },
  { path: '/data', name: 'data', icon: Database, needs: 'look' },
]

/** What stands below them: about the project and the page themselves. */
export const asides: readonly Place[] = [
  { path: '/settings', name: 'settings', icon: Settings, needs: 'look' },
  { path: '/help', name: 'help', icon: CircleQuestionMark, needs: 'look' },
]

/** Where one begins. */
export const start = '/'

/** A screen: its path, and the code that is fetched when one first goes there. */
export interface Screen {
  path: string
  view: LazyExoticComponent<ComponentType>
}

export const screens: readonly Screen[] = [
  { path: '/', view: lazy(() => import('@/screens/home/Home')) },
  { path: '/segments', view: lazy(() => import('@/screens/segments/Segments')) },
  { path: '/segments/new', view: lazy(() => import('@/screens/builder/Builder')) },
  { path: '/segments/:name/edit', view: lazy(() => import('@/screens/builder/Builder')) },
  { path: '/segments/:name', view: lazy(() => import('@/screens/segment/Segment')) },
  { path: '/lifecycle', view: lazy(() => import('@/screens/lifecycle/Lifecycle')) },
  { path: '/customers', view: lazy(() => import('@/screens/customers/Customers')) },
  { path: '/customers/:id', view: lazy(() => import('@/screens/customer/Customer')) },
  { path: '/explore', view: lazy(() => import('@/screens/explore/Explore')) },
  { path: '/explore/:view', view: lazy(() => import('@/screens/explore/Explore')) },
  { path: '/predictions', view: lazy(() => import('@/screens/predictions/Predictions')) },
  { path: '/predictions/:name', view: lazy(() => import('@/screens/prediction/Prediction')) },
  { path: '/campaigns', view: lazy(() => import('@/screens/campaigns/Campaigns')) },
  { path: '/campaigns/new', view: lazy(() => import('@/screens/compose/Compose')) },
  { path: '/campaigns/:name/edit', view: lazy(() => import('@/screens/compose/Compose')) },
  { path: '/campaigns/:name', view: lazy(() => import('@/screens/campaign/Campaign')) },
  { path: '/settings', view: lazy(() => import('@/screens/settings/Settings')) },
  { path: '/help', view: lazy(() => import('@/screens/help/Help')) },
  { path: '/data/import', view: lazy(() => import('@/screens/import/Import')) },
  { path: '/data/connect', view: lazy(() => import('@/screens/connect/Connect')) },
  { path: '/data', view: lazy(() => import('@/screens/data/Data')) },
]
