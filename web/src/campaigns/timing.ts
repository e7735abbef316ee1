import type { CampaignRow } from './shapes'

/** When messages go next: at an instant, soon, as people give occasion, or not before or any more. */
export type Next = { kind: 'at'; at: string } | { kind: 'soon' | 'people' | 'start' | 'paused' | 'never' | 'unknown' }
type Timed = Pick<CampaignRow, 'timing' | 'state' | 'next_due'>

/** The next run of a campaign: by the clock as the API worked it out, else by what it waits for. */
export function nextRun(row: Timed, now: string): Next {
  if (row.timing === null) return { kind: 'unknown' }
  if (row.state === 'done') return { kind: 'never' }
  if (row.state === 'paused') return { kind: 'paused' }
  if (row.state !== 'running') {
    const at = row.timing.match(/^once at (.+)$/)?.[1]
    return at === undefined ? { kind: 'start' } : { kind: 'at', at }
  }
  if (row.next_due === null) return { kind: row.timing.startsWith('on ') ? 'people' : 'never' }
  return Date.parse(row.next_due) <= Date.parse(now) ? { kind: 'soon' } : { kind: 'at', at: row.next_due }
}
