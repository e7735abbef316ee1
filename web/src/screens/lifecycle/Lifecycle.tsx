import { useQuery } from '@tanstack/react-query'
import { projectFacts } from '@/api/queries'
import { BringLink } from '@/bring/BringLink'
import { useMessages } from '@/i18n/language'
import { AsOf } from '@/ui/AsOf'
import { Page } from '@/ui/Page'
import { Answered, EmptyState, Loading } from '@/ui/States'
import { Grid } from './Grid'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { Moves } from './Moves'
import { Overlap } from './Overlap'

/** Where are customers moving? */
export default function Lifecycle() {
  const t = useMessages({ en, pt })
  const facts = useQuery(projectFacts)
  return (
    <Page title={t.title} lead={t.lead} actions={facts.data ? <AsOf latest={facts.data.as_of} earliest={facts.data.first_event_at} /> : null}>
      <Answered query={facts} loading={<Loading lines={8} />}>
        {(project) =>
          project.events === 0 ? (
            <EmptyState kind="nothing-yet" title={t.noBuyers} why={t.noBuyersWhy} action={<BringLink />} />
          ) : (
            <>
              <Grid />
              <Moves project={project} />
              <Overlap />
            </>
          )
        }
      </Answered>
    </Page>
  )
}
