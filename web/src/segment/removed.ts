import type { QueryClient } from '@tanstack/react-query'
import { queryOptions } from '@tanstack/react-query'
import { api, got } from '@/api/client'

/** A segment that was removed just now, and the version that did it: until another is, it can be undone. */
export interface RemovedSegment {
  name: string
  title: string
  version: number
}

const KEY = ['removed']

export const usesOf = (name: string) =>
  queryOptions({
    queryKey: ['segments', 'uses', name],
    staleTime: 0,
    queryFn: ({ signal }) => got(api.GET('/api/v1/segments/{name}/uses', { params: { path: { name } }, signal })),
  })

/** What the list tells of, for as long as the page is open. */
export const removedLast = queryOptions<RemovedSegment | null>({
  queryKey: KEY,
  staleTime: Infinity,
  gcTime: Infinity,
  queryFn: () => null,
  initialData: null,
})

export const tellRemoved = (client: QueryClient, removed: RemovedSegment | null) => client.setQueryData(KEY, removed)

export const removeSegment = (name: string) => got(api.DELETE('/api/v1/segments/{name}', { params: { path: { name } } }))

export const undoVersion = (version: number) =>
  got(api.POST('/api/v1/versions/{number}/undo', { params: { path: { number: version } } }))
