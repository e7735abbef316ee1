import { queryOptions } from '@tanstack/react-query'
import { api, got } from '@/api/client'

/** What makes an audience: an applied segment or a rule, and on which terms. */
export interface AudienceAsked {
  name?: string
  rule?: string
  purpose?: string
  channel?: string
  holdout?: string
  campaign?: string
  cap?: string
  as_of?: string
}

export const audienceShown = (asked: AudienceAsked) =>
  queryOptions({
    queryKey: ['audience', 'shown', asked],
    queryFn: ({ signal }) => got(api.GET('/api/v1/audiences', { params: { query: asked }, signal })),
  })

export const audienceMembers = (asked: AudienceAsked & { state: string[]; limit: number; offset: number }) =>
  queryOptions({
    queryKey: ['audience', 'members', asked],
    queryFn: ({ signal }) => got(api.GET('/api/v1/audiences/members', { params: { query: asked }, signal })),
  })

export const wordsKnown = queryOptions({
  queryKey: ['words'],
  staleTime: 300_000,
  queryFn: ({ signal }) => got(api.GET('/api/v1/words', { signal })),
})
