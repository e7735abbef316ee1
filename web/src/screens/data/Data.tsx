import { useQuery } from '@tanstack/react-query'
import { type ComponentType, lazy, type LazyExoticComponent } from 'react'
import { whoAmI } from '@/api/queries'
import { useMessages } from '@/i18n/language'
import { Page } from '@/ui/Page'
import { Parts, usePart } from '@/ui/Parts'
import { en } from './messages.en'
import { pt } from './messages.pt'

const PARTS = ['sources', 'catalogue', 'quality', 'quarantine', 'held'] as const
type Part = (typeof PARTS)[number]
const VIEWS: Record<Part, LazyExoticComponent<ComponentType>> = {
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
  const mayManage = me.data?.actions.includes('manage') ?? false
  // whoever may not see a part and has a link to it is told so, instead of being led elsewhere
  const [part, choose] = usePart(PARTS, 'sources')
  const View = VIEWS[part]
  return (
    <Page title={t.title} lead={t.lead}>
      <Parts label={t.sections} names={t.tabs} shown={PARTS.filter((one) => one !== 'quarantine' || mayManage || one === part)} part={part} choose={choose}>
        <View />
      </Parts>
    </Page>
  )
}
