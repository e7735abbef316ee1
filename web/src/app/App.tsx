import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Suspense } from 'react'
import { Link, Route, Router, Switch, useLocation } from 'wouter'
import { projectFacts, whoAmI } from '@/api/queries'
import { root } from '@/api/client'
import { LanguageProvider, useMessages, ZoneProvider } from '@/i18n/language'
import { LogIn } from '@/screens/login/LogIn'
import { Page } from '@/ui/Page'
import { EmptyState, Failed, Loading } from '@/ui/States'
import { Boundary } from './Boundary'
import { shellMessages } from './messages'
import { asides, places, screens, start } from './nav'
import { Shell } from './Shell'

/** Who may see what, in which language, and which screen the address means. */
export function App() {
  const me = useQuery(whoAmI)
  const facts = useQuery({ ...projectFacts, enabled: Boolean(me.data) })
  const zone = { zone: facts.data?.time_zone ?? 'UTC', currency: facts.data?.currency ?? null }
  return (
    <LanguageProvider project={facts.data?.language}>
      <ZoneProvider value={zone}>
        {me.data === undefined ? (
          me.error ? <Failed error={me.error} retry={() => void me.refetch()} /> : null
        ) : me.data === null ? (
          <LogIn />
        ) : (
          <Router base={root}>
            <Shell actions={me.data.actions}>
              <Screens />
            </Shell>
          </Router>
        )}
      </ZoneProvider>
    </LanguageProvider>
  )
}

function Screens() {
  const t = useMessages(shellMessages)
  const [path] = useLocation()
  // until its code is there, a screen is called as its place in the rail
  const place = [...places, ...asides].findLast((one) => path === one.path || path.startsWith(`${one.path}/`))
  return (
    <Boundary of={path}>
      <Suspense fallback={<Page title={place === undefined ? '…' : t.places[place.name]}><Loading lines={8} /></Page>}>
        <Switch>
          {screens.map(({ path, view: View }) => (
            <Route key={path} path={path}>
              <View />
            </Route>
          ))}
          <Route>
            <Lost />
          </Route>
        </Switch>
      </Suspense>
    </Boundary>
  )
}

function Lost() {
  const t = useMessages(shellMessages)
  return (
    <Page title={t.lost}>
      <EmptyState
        kind="nothing-matches"
        title={t.lostWhy}
        action={
          <Button component={Link} href={start} variant="default">
            {t.begin}
          </Button>
        }
      />
    </Page>
  )
}
