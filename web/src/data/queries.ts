import { queryOptions } from '@tanstack/react-query'
import { api, got } from '@/api/client'

/** Reading every event takes its time: what it found holds ten minutes here. */
const LONG = 600_000

export const dataChecked = queryOptions({
  queryKey: ['data', 'check'],
  staleTime: LONG,
  queryFn: ({ signal }) => got(api.GET('/api/v1/data/check', { signal })),
})

export const dataHeld = queryOptions({
  queryKey: ['data', 'minimisation'],
  staleTime: LONG,
  queryFn: ({ signal }) => got(api.GET('/api/v1/data/minimisation', { signal })),
})

export const importsMade = queryOptions({
  queryKey: ['data', 'imports'],
  queryFn: ({ signal }) => got(api.GET('/api/v1/data/imports', { signal })),
})

/** The places that data comes from again and again. */
export const sourcesKnown = queryOptions({
  queryKey: ['data', 'sources'],
  refetchInterval: 30_000,
  queryFn: ({ signal }) => got(api.GET('/api/v1/sources', { signal })),
})

export const trySource = (name: string) => got(api.POST('/api/v1/sources/{name}/try', { params: { path: { name } } }))

export const runSource = (name: string) => got(api.POST('/api/v1/sources/{name}/run', { params: { path: { name } } }))

export const servingStatus = queryOptions({
  queryKey: ['data', 'status'],
  refetchInterval: 30_000,
  queryFn: ({ signal }) => got(api.GET('/api/v1/status', { signal })),
})

export const quarantinePage = (limit: number, offset: number) =>
  queryOptions({
    queryKey: ['data', 'quarantine', limit, offset],
    queryFn: ({ signal }) => got(api.GET('/api/v1/quarantine', { params: { query: { limit, offset } }, signal })),
  })

export const alertsNow = queryOptions({
  queryKey: ['alerts'],
  staleTime: 120_000,
  queryFn: ({ signal }) => got(api.GET('/api/v1/alerts', { signal })),
})
