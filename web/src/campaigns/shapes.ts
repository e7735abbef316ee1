import type { Counts } from '@/audience/waterfall'

/** What the API answers about campaigns: its description names no shapes for it. */
export const STATES = ['draft', 'checked', 'approved', 'running', 'paused', 'done'] as const
export type CampaignState = (typeof STATES)[number]
export type StepAction = 'approve' | 'start' | 'pause' | 'resume' | 'stop'

export interface CampaignRow {
  name: string
  title: string | null
  state: CampaignState
  changed_at: string | null
  changed_by: string | null
  started_at: string | null
  audience: string | null
  purpose: string | null
  channel: string | null
  timing: string | null
  priority: number | null
  holdout: number | null
  variants: string[]
  is_changed: boolean
  messages: Record<string, number>
}

export interface Pass {
  at: string
  occasion: string | null
  waterfall: Counts
}

export interface Logged {
  at: string
  actor: string
  action: string
  detail: Record<string, unknown>
}

/** One campaign; what its definition says is absent where it is gone. */
export interface Campaign extends CampaignRow {
  sentence?: string
  why?: string | null
  goal?: string
  metrics?: Record<string, string>
  items?: string | null
  quiet_hours?: string | null
  cap?: string | null
  ends_at?: string | null
  reward?: string | null
  definition?: string
  reasons: Record<string, number>
  log: Logged[]
  passes: Pass[]
}

export interface Found {
  code: string
  message: string
  hint: string
}

export interface Checked {
  state: CampaignState
  problems: { message: string; hint: string | null; line: number | null }[]
  warnings: { message: string; hint: string | null; line: number | null }[]
  settings: string[]
  fit: Found[]
  holdout: { share: number; because: string; audience: number | null; baseline: number | null; smallest_effect: number | null; power: number | null } | null
}

export interface Message {
  user_id: string
  variant: string
  held_out: boolean
  channel: string | null
  parts: Record<string, string>
  problem: string | null
}

export interface Preview {
  as_of: string
  waterfall: Counts
  looked_at: number
  lacking: { value: string; people: number; examples: string[] }[]
  messages: Message[]
  fit: Found[]
  settings: string[]
}

/** An arm on one metric; what compares it with the control is absent of the control itself. */
export interface Arm {
  arm: string
  n: number
  mean: number | null
  effect?: number | null
  low?: number | null
  high?: number | null
  p?: number | null
  verdict?: string
  relative?: number | null
  relative_low?: number | null
  relative_high?: number | null
  total?: number
  total_low?: number
  total_high?: number
  unset?: number
}

export interface Engagement {
  arm: string
  sent: number
  opened?: number
  clicked?: number
  rate: number | null
}

export interface Results {
  as_of: string
  state: CampaignState
  goal: string
  decides_at: string | null
  is_decided: boolean
  method: 'once' | 'whenever'
  assigned: Record<string, number>
  counted: number
  waiting: number
  crossed: number
  control: string | null
  metrics: Record<string, Arm[]>
  kinds?: Record<string, 'conversion' | 'mean' | 'ratio'>
  engagement: Engagement[]
  srm: { p: number; ok: boolean; planned: Record<string, number> } | null
  verdict: string | null
  best?: string
  warnings: string[]
  passes: Pass[]
}
