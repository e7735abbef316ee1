const en = {
  asks: {
    size: 'Large enough?',
    value: 'Worth it?',
    distinct: 'Unlike the others?',
    measurable: 'Can it be measured?',
    actionable: 'Can it be acted on?',
    stable: 'Stable?',
    rule: 'Is the rule sound?',
    sensitive: 'Fair to people?',
  },
  names: { size: 'size', value: 'worth', distinct: 'how unlike the others it is', measurable: 'what can be measured', actionable: 'what can be done', stable: 'stability', rule: 'the rule', sensitive: 'fairness' },
  verdicts: { good: 'Good', careful: 'With care', poor: 'Poor', unknown: 'Cannot be told' },
  summaries: {
    good: 'Nothing speaks against acting on it.',
    careful: (aspects: string) => `Worth acting on with open eyes. Look at: ${aspects}.`,
    poor: (aspects: string) => `Mend this before you act on it: ${aspects}.`,
    unknown: 'Nobody is known whom it could be judged by.',
  },
  lead: 'Eight questions asked of the data. A verdict is advice: nothing is ever blocked by it.',
  working: 'Every event is looked at; with many customers this takes a while. You can go on elsewhere.',
  notes: 'What was left out, and why',
  onlyEnglish: '',
  findings: (count: string) => `${count} findings`,
}
export type AuditMessages = typeof en
const pt: AuditMessages = {
  asks: {
    size: 'Grande o bastante?',
    value: 'Vale a pena?',
    distinct: 'Diferente dos outros?',
    measurable: 'Pode ser medido?',
    actionable: 'Dá para agir?',
    stable: 'Estável?',
    rule: 'A regra é sólida?',
    sensitive: 'Justo com as pessoas?',
  },
  names: { size: 'tamanho', value: 'valor', distinct: 'o que o distingue', measurable: 'o que se mede', actionable: 'o que se pode fazer', stable: 'estabilidade', rule: 'a regra', sensitive: 'justiça' },
  verdicts: { good: 'Bom', careful: 'Com cuidado', poor: 'Fraco', unknown: 'Não se sabe' },
  summaries: {
    good: 'Nada se opõe a agir com ele.',
    careful: (aspects) => `Vale agir, de olhos abertos. Olhe: ${aspects}.`,
    poor: (aspects) => `Corrija isto antes de agir: ${aspects}.`,
    unknown: 'Não se conhece ninguém por quem julgar.',
  },
  lead: 'Oito perguntas feitas aos dados. Um veredito é um conselho: nada é bloqueado por ele.',
  working: 'Todos os eventos são examinados; com muitos clientes isto demora. Você pode continuar em outro lugar.',
  notes: 'O que ficou de fora, e por quê',
  onlyEnglish: 'As frases da auditoria ainda só existem em inglês.',
  findings: (count) => `${count} achados`,
}
export const auditMessages = { en, pt }
