import { QueryClient, queryOptions } from '@tanstack/react-query'
import { api, got, keepToken, Problem } from './client'

/** Answers hold half a minute; what cannot be reached is asked once more, what is wrong is not. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (times, error) =>
        times < 1 && error instanceof Problem && (error.status === 0 || error.status === 503),
      refetchOnWindowFocus: true,
    },
  },
})

/** Who is asking; null for nobody. */
export const whoAmI = queryOptions({
  queryKey: ['me'],
  staleTime: 300_000,
  queryFn: async ({ signal }) => {
    try {
      const me = await got(api.GET('/api/v1/me', { signal }))
      keepToken(me.csrf)
      return me
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null
      throw error
    }
  },
})

export const projectFacts = queryOptions({
  queryKey: ['project'],
  queryFn: ({ signal }) => got(api.GET('/api/v1/project', { signal })),
  refetchInterval: 60_000,
})

export const segmentList = (as_of?: string) =>
  queryOptions({
    queryKey: ['segments', 'list', as_of],
    queryFn: ({ signal }) =>
      got(api.GET('/api/v1/segments', { params: { query: { as_of } }, signal })),
  })

export const segmentSizes = (as_of?: string) =>
  queryOptions({
    queryKey: ['segments', 'sizes', as_of],
    queryFn: ({ signal }) =>
      got(api.GET('/api/v1/segments/sizes', { params: { query: { as_of } }, signal })),
  })

/** The sizes of now beside those of before as they were counted last: for whoever waits for the others. */
export const latestSizes = queryOptions({
  queryKey: ['segments', 'sizes', 'latest'],
  queryFn: ({ signal }) => got(api.GET('/api/v1/segments/sizes', { params: { query: { latest: true } }, signal })),
})

/** Whether the engine is compiled on this machine; asked again while it is not. */
export const engineReady = queryOptions({
  queryKey: ['engine'],
  staleTime: 0,
  queryFn: async ({ signal }) => (await got(api.GET('/api/v1/status', { signal }))).engine_ready,
  refetchInterval: (query) => (query.state.data === false ? 1500 : false),
})
