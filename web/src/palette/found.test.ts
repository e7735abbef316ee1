import { expect, it } from 'vitest'
import { type Found, matching } from './found'

const all: Found[] = [
  { key: '1', group: 'segments', label: 'Clientes inativos', also: 'lapsed' },
  { key: '2', group: 'segments', label: 'Lapsed twice', also: 'twice' },
  { key: '3', group: 'screens', label: 'Configurações' },
  { key: '4', group: 'screens', label: 'Segments' },
]
const keys = (typed: string) => matching(all, typed).map((one) => one.key)

it('finds by the beginning first, by another name, and without accents', () => {
  expect(keys('lapsed')).toEqual(['2', '1'])
  expect(keys('configuracoes')).toEqual(['3'])
  expect(keys('twice lapsed')).toEqual(['2'])
  expect(keys('nothing at all')).toEqual([])
  expect(keys('  ').sort()).toEqual(['1', '2', '3', '4'])
})

it('shows a few of each kind', () => {
  const many = Array.from({ length: 40 }, (_, at): Found => ({ key: String(at), group: at % 2 ? 'segments' : 'screens', label: `x${at}` }))
  expect(matching(many, 'x').length).toBe(16)
})
