import type { CampaignState } from './shapes'

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** When messages go next: at an instant, soon, as people give occasion, or not before or any more. */
export type Next = { kind: 'at'; at: string } | { kind: 'soon' | 'people' | 'start' | 'paused' | 'never' | 'unknown' }

/** The next run of a campaign by its timing (`once`, `once at T`, `every 1w`, `on …`). */
export function nextRun(timing: string | null, state: CampaignState, startedAt: string | null, now: string): Next {
  if (timing === null) return { kind: 'unknown' }
  if (state === 'done') return { kind: 'never' }
  if (state === 'paused') return { kind: 'paused' }
  const once = timing.match(/^once at (.+)$/)
  if (once?.[1] !== undefined) return { kind: 'at', at: once[1] }
  if (state !== 'running' || startedAt === null) return { kind: 'start' }
  if (timing === 'once') return { kind: 'soon' }
  const every = timing.match(/^every (\d+)([smhdw])$/)
  if (every === null) return { kind: timing.startsWith('on ') ? 'people' : 'unknown' }
  const step = Number(every[1]) * (SECONDS[every[2] ?? ''] ?? 0) * 1000
  const start = Date.parse(startedAt)
  const passed = Math.max(0, Math.floor((Date.parse(now) - start) / step))
  return { kind: 'at', at: new Date(start + (passed + 1) * step).toISOString() }
}
