import { queryOptions } from '@tanstack/react-query'
import { api, got } from '@/api/client'
import type { AudienceAsked } from '@/audience/queries'
import type { Campaign, StepAction } from './shapes'
import type { Fields } from './draft'
import { shareText } from './share'

const named = (name: string) => ({ path: { name } })

export const campaignList = queryOptions({
  queryKey: ['campaigns', 'list'],
  queryFn: ({ signal }) => got(api.GET('/api/v1/campaigns', { signal })),
})

export const campaignShown = (name: string) =>
  queryOptions({
    queryKey: ['campaigns', 'one', name],
    queryFn: ({ signal }) => got(api.GET('/api/v1/campaigns/{name}', { params: named(name), signal })),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? 10_000 : false),
  })

export const campaignPreview = (name: string, user?: string) =>
  queryOptions({
    queryKey: ['campaigns', 'preview', name, user],
    queryFn: ({ signal }) =>
      got(api.GET('/api/v1/campaigns/{name}/preview', { params: { ...named(name), query: { user } }, signal })),
  })

export const campaignResults = (name: string) =>
  queryOptions({
    queryKey: ['campaigns', 'results', name],
    queryFn: ({ signal }) => got(api.GET('/api/v1/campaigns/{name}/results', { params: named(name), signal })),
  })

export const check = (name: string) => got(api.POST('/api/v1/campaigns/{name}/check', { params: named(name) }))
export const step = (name: string, action: StepAction) =>
  got(api.POST('/api/v1/campaigns/{name}/state', { params: named(name), body: { action } }))

/** What the applied definition says, field by field. */
export const campaignFields = (name: string) =>
  queryOptions({
    queryKey: ['campaigns', 'fields', name],
    staleTime: 0,
    gcTime: 0,
    queryFn: ({ signal }) => got(api.GET('/api/v1/campaigns/{name}/fields', { params: named(name), signal })),
  })

/** A message of a campaign that is not saved, as it would go out to one person. */
export const draftPreview = (asked: { name: string; user: string; variant: string; fields: Fields }) =>
  queryOptions({
    queryKey: ['campaigns', 'draft', asked],
    queryFn: ({ signal }) => got(api.POST('/api/v1/campaigns/preview', { body: { ...asked.fields, name: asked.name, user: asked.user, variant: asked.variant }, signal })),
  })

export const planCampaign = (name: string, fields: Fields, signal: AbortSignal) =>
  got(api.POST('/api/v1/campaigns/{name}/plan', { params: named(name), body: fields, signal }))
export const saveCampaign = (name: string, fields: Fields, isNew: boolean) =>
  isNew ? got(api.POST('/api/v1/campaigns', { body: { ...fields, name } })) : got(api.PUT('/api/v1/campaigns/{name}', { params: named(name), body: fields }))

/** Has what was refused sent again; how many messages. */
export const replay = (name: string) =>
  got(api.POST('/api/v1/campaigns/{name}/replay', { params: named(name), body: { state: 'dead', ids: [] } }))

const NAME = /^[A-Za-z_]\w*$/

/** The audience of a campaign as the API is asked for it; undefined where its definition is gone. */
export function audienceOf(it: Campaign): AudienceAsked | undefined {
  if (it.audience === null) return undefined
  return audienceAsked({ ...it, audience: it.audience, holdout: shareText(it.holdout ?? 0) })
}

/** The same of a campaign that is being written. */
export function audienceAsked(it: { name: string; audience: string; purpose?: string | null; channel?: string | null; holdout?: string | null; cap?: string | null }): AudienceAsked {
  return {
    ...(NAME.test(it.audience) ? { name: it.audience } : { rule: it.audience }),
    purpose: it.purpose ?? undefined,
    channel: !it.channel || it.channel === 'preferred' ? undefined : it.channel,
    holdout: it.holdout ?? '0%',
    campaign: it.name || undefined,
    cap: it.cap || undefined,
  }
}
