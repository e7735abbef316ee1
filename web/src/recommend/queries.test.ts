import { afterAll, beforeAll, expect, test, vi } from 'vitest'

beforeAll(() => vi.stubGlobal('document', { baseURI: 'http://localhost/' }))
afterAll(() => vi.unstubAllGlobals())

test('too little to learn from is no slip in a file', async () => {
  const { Problem } = await import('@/api/client')
  const { isTooLittle } = await import('./queries')
  const slip = { message: 'there is no field `itm`', hint: 'did you mean `item`?', line: 2, column: 1 }
  expect(isTooLittle(new Problem(422, 'nobody did `x`', undefined))).toBe(true)
  expect(isTooLittle(new Problem(422, 'recommendations.yml:2:1', undefined, [slip]))).toBe(false)
  expect(isTooLittle(new Problem(503, 'it is being learned', undefined))).toBe(false)
  expect(isTooLittle(new Error('offline'))).toBe(false)
})
