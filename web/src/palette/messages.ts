const en = {
  label: 'Find or do something',
  placeholder: 'A screen, a segment, a customer’s id, or something to do …',
  nothing: 'Nothing is called so.',
  groups: { doing: 'Do', screens: 'Go to', segments: 'Segments', customers: 'Customers' },
  newSegment: 'Build a segment',
  dark: 'Dark',
  light: 'Light',
  speak: { en: 'English', pt: 'Português' },
  search: 'Search',
}
export type PaletteMessages = typeof en
const pt: PaletteMessages = {
  label: 'Encontrar ou fazer algo',
  placeholder: 'Uma tela, um segmento, o código de um cliente ou algo a fazer …',
  nothing: 'Nada tem esse nome.',
  groups: { doing: 'Fazer', screens: 'Ir para', segments: 'Segmentos', customers: 'Clientes' },
  newSegment: 'Construir um segmento',
  dark: 'Escuro',
  light: 'Claro',
  speak: { en: 'English', pt: 'Português' },
  search: 'Procurar',
}
export const paletteMessages = { en, pt }
