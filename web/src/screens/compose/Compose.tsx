import { Button, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useParams, useSearchParams } from 'wouter'
import type { Shapes } from '@/api/client'
import { whoAmI } from '@/api/queries'
import { decoded } from '@/app/address'
import { wordsKnown } from '@/audience/queries'
import { type Draft, draftOf, EMPTY, fieldsOf, isTwice, nameFrom, reworded, worded } from '@/campaigns/draft'
import { campaignFields } from '@/campaigns/queries'
import { useLanguage, useMessages } from '@/i18n/language'
import { Back } from '@/ui/Back'
import { OneThing } from '@/ui/OneThing'
import { Card, Page, Section } from '@/ui/Page'
import { Answered, EmptyState, Loading } from '@/ui/States'
import { uiMessages } from '@/ui/messages'
import classes from './Compose.module.css'
import { Look } from './Look'
import { en } from './messages.en'
import { pt } from './messages.pt'
import { Success } from './Success'
import { What } from './What'
import { Limits, When } from './When'
import { Whom } from './Whom'

const SaveCampaign = lazy(() => import('./SaveCampaign'))
/** A new campaign that began with a segment has a draft of its own. */
const keptUnder = (name: string | undefined, audience: string | null) => `shoal-campaign ${name ?? (audience === null ? '' : `+${audience}`)}`

/** Exactly whom, what, when, and how will one know that it helped? */
export default function Compose() {
  const t = useMessages({ en, pt })
  const ui = useMessages(uiMessages)
  const { language } = useLanguage()
  const given = useParams<{ name?: string }>().name
  const name = given === undefined ? undefined : decoded(given)
  const [address] = useSearchParams()
  const audience = name === undefined ? address.get('audience') : null
  const mayDefine = useQuery(whoAmI).data?.actions.includes('define')
  const fields = useQuery({ ...campaignFields(name ?? ''), enabled: name !== undefined })
  const title = worded(fields.data?.title, language) || name
  const above = <Back to={name === undefined ? '/campaigns' : `/campaigns/${encodeURIComponent(name)}`}>{title ?? t.back}</Back>
  if (mayDefine === false)
    return (
      <Page title={t.newTitle} above={above}>
        <EmptyState kind="not-allowed" title={ui.notAllowed} why={t.mayNot} />
      </Page>
    )
  if (name === undefined)
    return (
      <Page title={t.newTitle} lead={t.lead} above={above} wide>
        <Editing key={`new ${audience ?? ''}`} audience={audience} draft={audience === null ? EMPTY : { ...EMPTY, fields: { ...EMPTY.fields, audience, purpose: address.get('purpose') } }} />
      </Page>
    )
  return (
    <OneThing name={name} query={fields} above={above}>
      {(found) => (
        <Page title={t.editTitle(title ?? name)} lead={t.lead} above={above} wide>
          <Editing key={name} name={name} audience={null} draft={draftOf(found)} />
        </Page>
      )}
    </OneThing>
  )
}

interface Named {
  draft: Draft
  name: string
}

function kept(under: string): Named | undefined {
  try {
    const found = JSON.parse(localStorage.getItem(under) ?? 'null') as Named | null
    return Array.isArray(found?.draft?.variants) && typeof found.draft.fields === 'object' ? found : undefined
  } catch {
    return undefined
  }
}

function Editing(props: { name?: string; audience: string | null; draft: Draft }) {
  const words = useQuery(wordsKnown)
  return (
    <Answered query={words} loading={<Loading lines={10} />}>
      {(known) => <Form {...props} words={known} />}
    </Answered>
  )
}

/** What every part of the form is given: the draft, and how to change what its file says. */
export interface PartOfForm {
  draft: Draft
  put: (change: Partial<Draft['fields']>) => void
  words: Shapes['WordsKnown']
}

function Form(props: { name?: string; audience: string | null; draft: Draft; words: Shapes['WordsKnown'] }) {
  const t = useMessages({ en, pt })
  const { language } = useLanguage()
  const { words } = props
  const under = keptUnder(props.name, props.audience)
  const [original] = useState(props.draft)
  const [{ draft, name }, set] = useState<Named>(() => kept(under) ?? { draft: original, name: props.name ?? '' })
  const [saving, setSaving] = useState(false)
  const isChanged = JSON.stringify(fieldsOf(draft)) !== JSON.stringify(fieldsOf(original))
  useEffect(() => {
    if (isChanged) localStorage.setItem(under, JSON.stringify({ draft, name }))
    else localStorage.removeItem(under)
  }, [under, draft, name, isChanged])
  const put = (change: Partial<Draft['fields']>) => set((before) => ({ ...before, draft: { ...before.draft, fields: { ...before.draft.fields, ...change } } }))
  const title = worded(draft.fields.title, language)
  const shownName = props.name ?? (name === '' ? nameFrom(title) : name)
  const part = { draft, put, words }
  return (
    <div className={classes.layout}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault()
          setSaving(true)
        }}
      >
        <Card>
          <div className={classes.fields}>
            <TextInput label={t.title} value={title} onChange={(event) => put({ title: reworded(draft.fields.title, language, event.currentTarget.value) })} required />
            {props.name === undefined ? (
              <TextInput label={t.name} description={t.nameHint} value={shownName} required pattern="[a-z][a-z0-9_]*" onChange={(event) => set({ draft, name: event.currentTarget.value })} />
            ) : null}
            <Textarea
              className={classes.whole}
              label={t.why}
              description={t.whyHint}
              autosize
              value={worded(draft.fields.why, language)}
              onChange={(event) => put({ why: reworded(draft.fields.why, language, event.currentTarget.value) })}
            />
          </div>
        </Card>
        <Section title={t.whom}>
          <Card>
            <Whom {...part} />
          </Card>
        </Section>
        <Section title={t.what}>
          <Card>
            <What {...part} change={(variants) => set({ draft: { ...draft, variants }, name })} />
          </Card>
        </Section>
        <Section title={t.when}>
          <Card>
            <When {...part} />
          </Card>
        </Section>
        <Section title={t.limits}>
          <Card>
            <Limits {...part} />
          </Card>
        </Section>
        <Section title={t.success}>
          <Card>
            <Success {...part} />
          </Card>
        </Section>
        <div className={classes.save}>
          <Button type="submit" disabled={!isChanged || draft.variants.some((one) => isTwice(draft.variants, one.name))}>
            {t.save}
          </Button>
          {isChanged ? (
            <>
              <Button variant="subtle" color="gray" onClick={() => set({ draft: original, name: props.name ?? '' })}>
                {t.discard}
              </Button>
              <span className="quiet small">{t.leaving}</span>
            </>
          ) : null}
        </div>
      </form>
      <Look name={shownName} draft={draft} />
      {saving ? (
        <Suspense>
          <SaveCampaign name={shownName} isNew={props.name === undefined} before={fieldsOf(original)} after={fieldsOf(draft)} close={() => setSaving(false)} saved={() => localStorage.removeItem(under)} />
        </Suspense>
      ) : null}
    </div>
  )
}
