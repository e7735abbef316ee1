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
  create: 'New campaign',
  noneWhy: 'A campaign says whom you write to, for which purpose, what, and what counts as success. It is kept in campaigns/*.yml and stands here as a draft until it is approved.',
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
  create: 'Nova campanha',
  noneWhy: 'Uma campanha diz a quem você escreve, com que finalidade, o quê, e o que conta como sucesso. Fica em campaigns/*.yml e aparece aqui como rascunho até ser aprovada.',
}
export const campaignsMessages = { en, pt }
