import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Page } from './Page'
import { Failed, Loading } from './States'

/** A screen about one thing, before anything is known of it: its name, the way back, and how it fails. */
export function OneThing<T>(props: { name: string; query: UseQueryResult<T>; above: ReactNode; loading?: ReactNode; children: (found: T) => ReactNode }) {
  const { query } = props
  if (query.data !== undefined) return <>{props.children(query.data)}</>
  return (
    <Page title={props.name} above={props.above}>
      {query.error ? <Failed error={query.error} retry={() => void query.refetch()} /> : (props.loading ?? <Loading lines={8} />)}
    </Page>
  )
}
