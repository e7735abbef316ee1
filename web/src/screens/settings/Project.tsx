import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, got, type Shapes } from '@/api/client'
import { whoAmI } from '@/api/queries'
import { LANGUAGES, useMessages } from '@/i18n/language'
import { Card } from '@/ui/Page'
import { Answered, Failed } from '@/ui/States'
import { settingsMessages } from './messages'
import { projectSettings } from './queries'
import classes from './Settings.module.css'

type Facts = Shapes['SettingsFacts']
type Change = Partial<Record<'name' | 'time_zone' | 'currency' | 'country' | 'language' | 'now', string>>

/** The lines of shoal.yml that one may change here. */
export function Project() {
  const settings = useQuery(projectSettings)
  return <Answered query={settings}>{(found) => <Form key={JSON.stringify(found)} found={found} />}</Answered>
}

function Form(props: { found: Facts }) {
  const t = useMessages(settingsMessages)
  const { found } = props
  const client = useQueryClient()
  const me = useQuery(whoAmI)
  const mayChange = me.data?.actions.includes('manage') ?? false
  const [change, setChange] = useState<Change>({})
  const saving = useMutation({
    mutationFn: () => got(api.PATCH('/api/v1/settings', { body: change })),
    onSuccess: async () => client.invalidateQueries(),
  })
  const put = (key: keyof Change, value: string) => setChange({ ...change, [key]: value })
  const shown = (key: keyof Change) => change[key] ?? found[key] ?? ''
  const text = (key: keyof Change, label: string, hint?: string) => (
    <TextInput label={label} description={hint} value={shown(key)} readOnly={!mayChange} onChange={(event) => put(key, event.currentTarget.value)} />
  )
  const zones = Intl.supportedValuesOf('timeZone')
  return (
    <Card>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault()
          saving.mutate()
        }}
      >
        {text('name', t.name)}
        <TextInput label={t.zone} description={t.zoneHint} list="zones" value={shown('time_zone')} readOnly={!mayChange} onChange={(event) => put('time_zone', event.currentTarget.value)} />
        <datalist id="zones">
          {zones.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        {text('currency', t.currency, t.currencyHint)}
        {text('country', t.country, t.countryHint)}
        <NativeSelect
          label={t.language}
          description={t.languageHint}
          value={shown('language')}
          disabled={!mayChange}
          data={LANGUAGES.map((one) => ({ value: one, label: t.languages[one] }))}
          onChange={(event) => put('language', event.currentTarget.value)}
        />
        <NativeSelect
          label={t.now}
          description={t.nowHint}
          value={shown('now')}
          disabled={!mayChange}
          data={(['clock', 'latest_event'] as const).map((one) => ({ value: one, label: t.nows[one] }))}
          onChange={(event) => put('now', event.currentTarget.value)}
        />
        <TextInput label={t.gap} description={t.gapHint} value={found.session_gap} readOnly />
        <div className={classes.foot}>
          {mayChange ? (
            <Button type="submit" loading={saving.isPending} disabled={Object.keys(change).length === 0}>
              {t.save}
            </Button>
          ) : (
            <span className="quiet">{t.readOnly}</span>
          )}
          <span className="quiet small" role="status">
            {saving.isSuccess ? t.saved : t.file}
          </span>
        </div>
      </form>
      {saving.error ? <Failed error={saving.error} /> : null}
    </Card>
  )
}
