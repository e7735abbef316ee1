const en = {
  title: 'Campaigns',
  lead: 'Whom you write to, whom you leave alone to compare, and whether it helped.',
  name: 'Campaign',
  state: 'State',
  audience: 'Audience',
  sendable: 'May be written to',
  purpose: 'Purpose',
  next: 'Next run',
  sent: 'Sent',
  none: 'No campaign yet',
  noneWhy: 'A campaign is a definition in campaigns/*.yml: its audience, purpose, goal and message. `shoal apply` puts it in force, and it stands here as a draft.',
}
const pt: typeof en = {
  title: 'Campanhas',
  lead: 'A quem você escreve, quem fica de fora para comparar, e se ajudou.',
  name: 'Campanha',
  state: 'Estado',
  audience: 'Público',
  sendable: 'Podem receber',
  purpose: 'Finalidade',
  next: 'Próxima vez',
  sent: 'Enviadas',
  none: 'Nenhuma campanha ainda',
  noneWhy: 'Uma campanha é uma definição em campaigns/*.yml: público, finalidade, meta e mensagem. `shoal apply` a põe em vigor, e ela aparece aqui como rascunho.',
}
export const campaignsMessages = { en, pt }
