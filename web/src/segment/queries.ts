import { queryOptions } from '@tanstack/react-query'
import { api, got } from '@/api/client'

/** What is asked of one segment. */
export interface Asked {
  name: string
  as_of?: string
}

const named = ({ name, as_of }: Asked) => ({ path: { name }, query: { as_of } })

export const segmentFacts = (asked: Asked) =>
  queryOptions({
    queryKey: ['segments', 'facts', asked],
    queryFn: ({ signal }) => got(api.GET('/api/v1/segments/{name}', { params: named(asked), signal })),
  })

export const segmentPortrait = (asked: Asked) =>
  queryOptions({
    queryKey: ['segments', 'portrait', asked],
    staleTime: 300_000,
    queryFn: ({ signal }) => got(api.GET('/api/v1/segments/{name}/portrait', { params: named(asked), signal })),
  })

export const segmentHistory = (asked: Asked & { from: string; to: string; every: string }) =>
  queryOptions({
    queryKey: ['segments', 'history', asked],
    staleTime: 300_000,
    queryFn: ({ signal }) => {
      const { name, from, to, every } = asked
      return got(api.GET('/api/v1/segments/history', { params: { query: { name, from, to, every } }, signal }))
    },
  })

export const segmentRoster = (asked: Asked & { limit: number; offset: number }) =>
  queryOptions({
    queryKey: ['segments', 'roster', asked],
    queryFn: ({ signal }) => got(api.GET('/api/v1/segments/roster', { params: { query: asked }, signal })),
  })

/** Why somebody is in a segment, or not, and until when. */
export const explanation = (asked: Asked & { user: string }) =>
  queryOptions({
    queryKey: ['segments', 'explain', asked],
    queryFn: ({ signal }) => got(api.GET('/api/v1/segments/explain', { params: { query: asked }, signal })),
  })

/** Whether a segment is worth acting on: it looks at every event, so the answer is kept a while. */
export const segmentAudit = (asked: Asked) =>
  queryOptions({
    queryKey: ['segments', 'audit', asked],
    staleTime: 600_000,
    queryFn: ({ signal }) => got(api.GET('/api/v1/segments/audit', { params: { query: asked }, signal })),
  })

/** Traits that people can be grouped by. */
export const traitsToCompare = queryOptions({
  queryKey: ['fairness', 'traits'],
  staleTime: 300_000,
  queryFn: ({ signal }) => got(api.GET('/api/v1/fairness/traits', { signal })),
})

/** How often each group of a trait is in a segment. */
export const outcomesByGroup = (asked: Asked & { trait: string }) =>
  queryOptions({
    queryKey: ['fairness', 'compare', asked],
    staleTime: 300_000,
    queryFn: ({ signal }) => got(api.GET('/api/v1/fairness/compare', { params: { query: asked }, signal })),
  })

/** What goes with a trait closely enough to stand for it. */
export const standIns = (asked: { trait: string; as_of?: string }) =>
  queryOptions({
    queryKey: ['fairness', 'proxies', asked],
    staleTime: 600_000,
    queryFn: ({ signal }) => got(api.GET('/api/v1/fairness/proxies', { params: { query: asked }, signal })),
  })

export const decisionsOf = (segment: string) =>
  queryOptions({
    queryKey: ['fairness', 'log', segment],
    queryFn: ({ signal }) => got(api.GET('/api/v1/fairness/log', { params: { query: { segment, limit: 50 } }, signal })),
  })
