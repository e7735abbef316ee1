import { Check, CircleDashed, CirclePause, CirclePlay, Flag, ListChecks, type LucideIcon } from 'lucide-react'
import { useMessages } from '@/i18n/language'
import { campaignMessages } from './messages'
import type { CampaignState } from './shapes'
import classes from './StateMark.module.css'

const ICONS: Record<CampaignState, LucideIcon> = { draft: CircleDashed, checked: ListChecks, approved: Check, running: CirclePlay, paused: CirclePause, done: Flag }

/** How a campaign stands, as a shape and a word. */
export function StateMark(props: { state: CampaignState; isChanged?: boolean }) {
  const t = useMessages(campaignMessages)
  const Icon = ICONS[props.state] ?? CircleDashed
  return (
    <span className={`${classes.mark} ${props.state === 'running' ? classes.running : ''}`}>
      <Icon size={14} aria-hidden />
      {t.states[props.state] ?? props.state}
      {props.isChanged ? <span className={classes.changed}>· {t.changed}</span> : null}
    </span>
  )
}
