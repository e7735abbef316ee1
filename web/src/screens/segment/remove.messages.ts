const en = {
  title: (what: string) => `Remove “${what}”?`,
  what: (size: string) => `The rule is taken out of its file. The ${size} customers in it stay as they are; only the group is gone, and with it its place in the list.`,
  back: 'It can be brought back right after, and later from any earlier version of the definitions.',
  remove: 'Remove the segment',
  keep: 'Keep it',
  used: (what: string) => `“${what}” cannot be removed: something else reads it.`,
  usedHow: 'Change or remove these first.',
  kinds: { segment: 'Segment', trait: 'Trait', prediction: 'Prediction', campaign: 'Campaign', webhook: 'Webhook' } as Record<string, string>,
  close: 'Close',
}
const pt: typeof en = {
  title: (what) => `Remover “${what}”?`,
  what: (size) => `A regra sai do arquivo dela. Os ${size} clientes que estão nele continuam como são; só o grupo deixa de existir, e com ele o seu lugar na lista.`,
  back: 'Pode ser trazido de volta logo em seguida e, mais tarde, de qualquer versão anterior das definições.',
  remove: 'Remover o segmento',
  keep: 'Manter',
  used: (what) => `“${what}” não pode ser removido: há algo que o usa.`,
  usedHow: 'Mude ou remova estes primeiro.',
  kinds: { segment: 'Segmento', trait: 'Característica', prediction: 'Previsão', campaign: 'Campanha', webhook: 'Webhook' },
  close: 'Fechar',
}
export const removeMessages = { en, pt }
