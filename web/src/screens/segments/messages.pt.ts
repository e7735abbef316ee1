import type { SegmentsMessages } from './messages.en'

export const pt: SegmentsMessages = {
  title: 'Segmentos',
  lead: (segments, day) => `${segments} grupos de clientes, contados exatamente, em ${day}.`,
  create: 'Novo segmento',
  find: 'Procurar um segmento',
  all: 'Todos',
  loose: 'Avulsos',
  name: 'Segmento',
  size: 'Clientes',
  trend: 'Últimas 12 semanas',
  change: '4 semanas',
  changeWords: (change, then) => `${change} (${then} quatro semanas antes)`,
  bare: 'Ainda não chegou nada: todos os grupos ficam vazios até o primeiro evento ou arquivo.',
  none: 'Ainda não há segmentos',
  noneWhy: 'Um segmento é um grupo de clientes que uma regra descreve, como “não pedem há 60 dias”.',
  noMatch: 'Nenhum segmento corresponde',
  noMatchWhy: (text) => `Nada tem “${text}” no nome ou na frase.`,
  clear: 'Mostrar todos',
  group: 'Mostrar',
}
