import { queryOptions } from '@tanstack/react-query'
import { api, got, type Shapes } from '@/api/client'

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

/** As many as are asked for at once where all are wanted. */
const MANY = 10_000

/** Everybody in these states, page by page, all as of the instant of the first. */
export async function everyoneIn(asked: AudienceAsked & { state: string[] }) {
  const people: Shapes['AudienceMembers']['people'] = []
  let as_of = asked.as_of
  for (;;) {
    const page: Shapes['AudienceMembers'] = await got(api.GET('/api/v1/audiences/members', { params: { query: { ...asked, as_of, limit: MANY, offset: people.length } } }))
    people.push(...page.people)
    as_of = page.as_of
    if (page.people.length === 0 || people.length >= page.count) return people
  }
}

export const wordsKnown = queryOptions({
  queryKey: ['words'],
  staleTime: 300_000,
  queryFn: ({ signal }) => got(api.GET('/api/v1/words', { signal })),
})
