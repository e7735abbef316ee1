import type { Shapes } from '@/api/client'

export type CampaignRow = Shapes['CampaignRow']
export type Campaign = Shapes['CampaignShown']
export type CampaignState = CampaignRow['state']
export type StepAction = Shapes['Step']['action']
export type Pass = Shapes['CampaignPass']
export type Logged = Shapes['CampaignDeed']
export type Found = Shapes['Finding']
export type Checked = Shapes['CampaignChecked']
export type Message = Shapes['MessageShown']
export type Preview = Shapes['CampaignPreview']
/** An arm on one metric; what compares it with the control is absent of the control itself. */
export type Arm = Shapes['ArmShown']
export type Results = Shapes['CampaignResults']

/** The states in the order in which a campaign goes through them. */
export const STATES = ['draft', 'checked', 'approved', 'running', 'paused', 'done'] as const satisfies readonly CampaignState[]
