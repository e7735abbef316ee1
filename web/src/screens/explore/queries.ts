import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, got, type Shapes } from '@/api/client'

const LONG = 300_000

export const wordsKnown = queryOptions({
  queryKey: ['words'],
  staleTime: LONG,
  queryFn: ({ signal }) => got(api.GET('/api/v1/words', { signal })),
})

export const funnelFound = (body: Shapes['FunnelAsked']) =>
  queryOptions({
    queryKey: ['explore', 'funnel', body],
    staleTime: LONG,
    enabled: body.steps.length > 1,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => got(api.POST('/api/v1/explore/funnel', { body, signal })),
  })

export const pathsFound = (body: Shapes['PathsAsked']) =>
  queryOptions({
    queryKey: ['explore', 'paths', body],
    staleTime: LONG,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => got(api.POST('/api/v1/explore/paths', { body, signal })),
  })

export const retentionFound = (body: Shapes['CohortsAsked']) =>
  queryOptions({
    queryKey: ['explore', 'retention', body],
    staleTime: LONG,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => got(api.POST('/api/v1/explore/retention', { body, signal })),
  })

/** Takes its time, so it stops when one leaves; what it found holds as long as the page is open. */
export const groupsFound = (body: Shapes['GroupsAsked']) =>
  queryOptions({
    queryKey: ['explore', 'groups', body],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnWindowFocus: false, // what was stopped stays so
    queryFn: ({ signal }) => got(api.POST('/api/v1/explore/groups', { body, signal })),
  })
