import { queryOptions } from '@tanstack/react-query'
import { api, got } from '@/api/client'

export const peopleFound = (text: string, limit = 20) =>
  queryOptions({
    queryKey: ['people', 'found', text, limit],
    queryFn: ({ signal }) => got(api.GET('/api/v1/people', { params: { query: { text, limit } }, signal })),
  })

export const personFacts = (asked: { user: string; as_of?: string }) =>
  queryOptions({
    queryKey: ['people', 'facts', asked],
    queryFn: ({ signal }) => got(api.GET('/api/v1/people/facts', { params: { query: asked }, signal })),
  })
