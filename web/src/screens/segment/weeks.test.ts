import { expect, it } from 'vitest'
import { formats } from '@/i18n/format'
import { weeksUntil } from './weeks'

it('ends with the day of the instant in the zone of the project, whole weeks after its beginning', () => {
  const format = formats('en', 'America/New_York', null)
  const { from, to, every } = weeksUntil('2018-01-01T04:01:20Z', format.isoDay)
  expect({ from, to, every }).toEqual({ from: '2017-07-02', to: '2017-12-31', every: '1w' })
  expect((Date.parse(to) - Date.parse(from)) % (7 * 86_400_000)).toBe(0)
})
