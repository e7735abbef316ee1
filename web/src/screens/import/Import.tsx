import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Going } from '@/bring/Going'
import { workNow } from '@/bring/queries'
import { whoAmI } from '@/api/queries'
import { useMessages } from '@/i18n/language'
import { Back } from '@/ui/Back'
import { Page } from '@/ui/Page'
import { EmptyState } from '@/ui/States'
import { uiMessages } from '@/ui/messages'
import { Choose } from './Choose'
import { Done } from './Done'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { Understand } from './Understand'

type Stage = { at: 'choose' } | { at: 'understand'; file: string; size: number } | { at: 'going' }

/** A file of one's own: sent, understood in words, imported, taken back if it was wrong. */
export default function Import() {
  const t = useMessages({ en, pt })
  const ui = useMessages(uiMessages)
  const me = useQuery(whoAmI)
  const work = useQuery(workNow)
  const [chosen, setStage] = useState<Stage>({ at: 'choose' })
  const stage: Stage = work.data?.state === 'running' && work.data.kind === 'import' ? { at: 'going' } : chosen
  const again = (
    <Button variant="default" size="xs" onClick={() => setStage({ at: 'choose' })}>
      {t.another}
    </Button>
  )
  return (
    <Page
      title={t.title}
      lead={t.lead}
      above={
        <Back to="/data">{t.back}</Back>
      }
    >
      {me.data?.actions.includes('define') === false ? (
        <EmptyState kind="not-allowed" title={ui.notAllowed} why={ui.notAllowedWhy} />
      ) : stage.at === 'choose' ? (
        <Choose sent={(kept) => setStage({ at: 'understand', file: kept.id, size: kept.size })} />
      ) : stage.at === 'understand' ? (
        <Understand
          file={stage.file}
          size={stage.size}
          another={() => setStage({ at: 'choose' })}
          started={() => {
            setStage({ at: 'going' })
            void work.refetch()
          }}
        />
      ) : (
        <Going again={again}>{(done) => <Done work={done} again={again} />}</Going>
      )}
    </Page>
  )
}
