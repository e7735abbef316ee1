import { queryOptions } from '@tanstack/react-query'
import { api, got, Problem, type Shapes } from '@/api/client'

/** By which event somebody has an item, and which rules hold; nothing is worked out to tell it. */
export const recommendingSaid = queryOptions({
  queryKey: ['recommended', 'settings'],
  staleTime: 300_000,
  queryFn: ({ signal }) => got(api.GET('/api/v1/recommendations/settings', { signal })),
})

export interface ListAsked {
  kind: Shapes['Kind']
  user?: string
  item?: string
  segment?: string
  k?: number
}

/** Asked again so many times, with so many milliseconds between, while a model is being learned. */
const TIMES = 60
const PAUSE = 3000
export const isLearning = (error: unknown) => error instanceof Problem && error.status === 503
/**
 * What was done does not suffice to learn from: nothing is broken, and trying again would not help.
 * A slip in a file or in what was asked is a 422 as well, with its places as `problems`.
 */
export const isTooLittle = (error: unknown): error is Problem => error instanceof Problem && error.status === 422 && error.problems.length === 0

/** A list, with what the project's rules keep off it. */
export const recommended = (asked: ListAsked) =>
  queryOptions({
    queryKey: ['recommended', asked],
    staleTime: 60_000,
    refetchOnWindowFocus: false,
    retry: (times, error) => isLearning(error) && times < TIMES,
    retryDelay: PAUSE,
    queryFn: ({ signal }) => got(api.GET('/api/v1/recommendations', { params: { query: { ...asked, with_left_out: true } }, signal })),
  })
