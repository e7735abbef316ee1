import type { CampaignState, Logged, StepAction } from './shapes'

const REACHED: Record<CampaignState, readonly string[]> = {
  draft: [],
  checked: ['check'],
  approved: ['approve'],
  running: ['start', 'resume', 'replay'],
  paused: ['pause'],
  done: ['stop', 'finish'],
}

/** Who last brought a campaign to a state, and when; the log may have any order. */
export function reachedBy(log: readonly Logged[], state: CampaignState): Logged | undefined {
  const found = log.filter((one) => REACHED[state].includes(one.action))
  return found.reduce<Logged | undefined>((last, one) => (last === undefined || one.at >= last.at ? one : last), undefined)
}

/** What can be done to a campaign, what comes next first. A changed one is checked and approved anew. */
export function actionsFrom(state: CampaignState, isChanged: boolean): readonly (StepAction | 'check')[] {
  switch (state) {
    case 'draft':
      return ['check']
    case 'checked':
      return isChanged ? ['check', 'stop'] : ['approve', 'check', 'stop']
    case 'approved':
      return isChanged ? ['check', 'stop'] : ['start', 'check', 'stop']
    case 'running':
      return ['pause', 'stop']
    case 'paused':
      return isChanged ? ['check', 'stop'] : ['resume', 'stop']
    case 'done':
      return []
  }
}
