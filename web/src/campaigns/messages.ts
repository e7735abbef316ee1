import type { CampaignState } from './shapes'

const en = {
  states: { draft: 'Draft', checked: 'Checked', approved: 'Approved', running: 'Running', paused: 'Paused', done: 'Done' } as Record<CampaignState, string>,
  changed: 'changed since it was approved',
  next: {
    soon: 'within a minute',
    people: 'as customers give occasion',
    start: 'after the start',
    paused: 'paused',
    never: 'none any more',
    unknown: '–',
  },
}
const pt: typeof en = {
  states: { draft: 'Rascunho', checked: 'Verificada', approved: 'Aprovada', running: 'Em andamento', paused: 'Pausada', done: 'Concluída' },
  changed: 'mudou desde a aprovação',
  next: {
    soon: 'em um minuto',
    people: 'quando os clientes derem ocasião',
    start: 'depois do início',
    paused: 'pausada',
    never: 'nenhuma mais',
    unknown: '–',
  },
}
export const campaignMessages = { en, pt }
