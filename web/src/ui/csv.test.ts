import { expect, it } from 'vitest'
import { csv } from './csv'

it('writes a row a line, with what separates cells in quotes', () => {
  expect(csv([['id', 'state'], ['a,b', 'x'], ['say "hi"', 'two\nlines']])).toBe('id,state\r\n"a,b",x\r\n"say ""hi""","two\nlines"\r\n')
})

it('hands no formula to a spreadsheet', () => {
  expect(csv([['=1+1'], ['-2+3'], ['@x'], ['a=b']])).toBe('"\'=1+1"\r\n"\'-2+3"\r\n"\'@x"\r\na=b\r\n')
  expect(csv([['+351912345678'], ['-7']])).toBe('+351912345678\r\n-7\r\n')
})
