import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { FileUp, Radio, Store } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { whoAmI } from '@/api/queries'
import { Going } from '@/bring/Going'
import { makeSample, workNow } from '@/bring/queries'
import { useMessages } from '@/i18n/language'
import { Page } from '@/ui/Page'
import { EmptyState, Failed } from '@/ui/States'
import classes from './FirstRun.module.css'
import { firstMessages } from './messages.first'

/** An empty project: three ways to fill it. */
export default function FirstRun() {
  const t = useMessages(firstMessages)
  const client = useQueryClient()
  const actions = useQuery(whoAmI).data?.actions
  const work = useQuery(workNow)
  const make = useMutation({ mutationFn: makeSample, onSuccess: () => client.invalidateQueries({ queryKey: ['data', 'work'] }) })
  if (actions !== undefined && !actions.includes('define'))
    return (
      <Page title={t.title}>
        <EmptyState kind="nothing-yet" title={t.empty} why={t.emptyWhy} />
      </Page>
    )
  const isGoing = work.data?.state === 'running' || (work.data?.kind === 'sample' && make.isSuccess)
  const again = (
    <Button variant="default" size="xs" onClick={() => make.mutate()}>
      {t.again}
    </Button>
  )
  return (
    <Page title={t.title} lead={t.lead}>
      {isGoing ? (
        <Going again={again}>{() => null}</Going>
      ) : (
        <div className={classes.doors}>
          <Door icon={<Store size={26} strokeWidth={1.5} aria-hidden />} title={t.sample} why={t.sampleWhy} note={t.sampleNote}>
            <Button loading={make.isPending} onClick={() => make.mutate()}>
              {t.sampleDo}
            </Button>
          </Door>
          <Door icon={<FileUp size={26} strokeWidth={1.5} aria-hidden />} title={t.file} why={t.fileWhy} note={t.fileNote}>
            <Button component={Link} href="/data/import">
              {t.fileDo}
            </Button>
          </Door>
          <Door icon={<Radio size={26} strokeWidth={1.5} aria-hidden />} title={t.connect} why={t.connectWhy} note={t.connectNote}>
            <Button component={Link} href="/data/connect">
              {t.connectDo}
            </Button>
          </Door>
        </div>
      )}
      {make.error ? <Failed error={make.error} /> : null}
    </Page>
  )
}

function Door(props: { icon: ReactNode; title: string; why: string; note: string; children: ReactNode }) {
  return (
    <section className={classes.door}>
      <span className={classes.icon}>{props.icon}</span>
      <h2>{props.title}</h2>
      <p>{props.why}</p>
      <p className="quiet small">{props.note}</p>
      <div className={classes.go}>{props.children}</div>
    </section>
  )
}
