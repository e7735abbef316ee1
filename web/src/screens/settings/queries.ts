import { queryOptions } from '@tanstack/react-query'
import { api, got } from '@/api/client'

export const projectSettings = queryOptions({
  queryKey: ['settings'],
  queryFn: ({ signal }) => got(api.GET('/api/v1/settings', { signal })),
})
export const allKeys = queryOptions({ queryKey: ['keys'], queryFn: ({ signal }) => got(api.GET('/api/v1/keys', { signal })) })
export const allUsers = queryOptions({ queryKey: ['users'], queryFn: ({ signal }) => got(api.GET('/api/v1/users', { signal })) })
export const auditTrail = queryOptions({ queryKey: ['trail'], queryFn: ({ signal }) => got(api.GET('/api/v1/audit', { signal })) })
