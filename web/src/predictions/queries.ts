import { queryOptions } from '@tanstack/react-query'
import { api, got, type Shapes } from '@/api/client'

export type Row = Shapes['PredictionRow']
export type Told = Shapes['PredictionTold']
export type Work = Shapes['WorkTold']
export type Step = 'fit' | 'score' | 'backtest'

/** Milliseconds after which it is asked again how far a step is. */
const LOOK = 1000
const whileWorking = (work: Work | null | undefined) => (work?.state === 'running' ? LOOK : false)

export const predictionList = queryOptions({
  queryKey: ['predictions', 'list'],
  queryFn: ({ signal }) => got(api.GET('/api/v1/predictions', { signal })),
  refetchInterval: (query) => whileWorking(query.state.data?.work),
})

export const predictionShown = (name: string) =>
  queryOptions({
    queryKey: ['predictions', 'one', name],
    queryFn: ({ signal }) => got(api.GET('/api/v1/predictions/{name}', { params: { path: { name } }, signal })),
    refetchInterval: (query) => whileWorking(query.state.data?.work),
  })

/** Somebody's score with what makes it. */
export const personPredicted = (asked: { name: string; user: string; as_of?: string | undefined }) =>
  queryOptions({
    queryKey: ['predictions', 'person', asked],
    retry: false,
    queryFn: ({ signal }) =>
      got(
        api.GET('/api/v1/predictions/{name}/people/{user_id}', {
          params: { path: { name: asked.name, user_id: asked.user }, query: { as_of: asked.as_of } },
          signal,
        }),
      ),
  })

export function begin(name: string, step: Step): Promise<Work> {
  const params = { path: { name } }
  if (step === 'fit') return got(api.POST('/api/v1/predictions/{name}/fit', { params }))
  if (step === 'score') return got(api.POST('/api/v1/predictions/{name}/score', { params }))
  return got(api.POST('/api/v1/predictions/{name}/backtest', { params }))
}

/** Asks the step that goes on to end soon; it still runs until it has. */
export const cancel = (name: string) => got(api.POST('/api/v1/predictions/{name}/cancel', { params: { path: { name } } }))
