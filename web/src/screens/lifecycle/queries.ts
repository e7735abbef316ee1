import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, got } from '@/api/client'

export const rfmGrid = (as_of: string | undefined) =>
  queryOptions({
    queryKey: ['lifecycle', 'rfm', as_of],
    staleTime: 300_000,
    queryFn: ({ signal }) => got(api.GET('/api/v1/lifecycle/rfm', { params: { query: { as_of } }, signal })),
  })

export const movesBetween = (name: string, from: string, to: string) =>
  queryOptions({
    queryKey: ['lifecycle', 'moves', name, from, to],
    staleTime: 300_000,
    enabled: from < to,
    queryFn: ({ signal }) => got(api.GET('/api/v1/segments/flows', { params: { query: { name: [name], from, to } }, signal })),
  })

export const overlapOf = (names: readonly string[], as_of: string | undefined) =>
  queryOptions({
    queryKey: ['lifecycle', 'overlap', names, as_of],
    staleTime: 300_000,
    placeholderData: keepPreviousData, // a segment more or less: the others stay where they are
    queryFn: ({ signal }) => got(api.GET('/api/v1/lifecycle/overlap', { params: { query: { name: [...names], as_of } }, signal })),
  })
