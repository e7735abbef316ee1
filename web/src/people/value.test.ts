import { describe, expect, it } from 'vitest'
import { formats } from '@/i18n/format'
import { said, shown, span, withDays, wordsOf } from './value'

const format = formats('en', 'UTC', null)
const words = { yes: 'yes', no: 'no', unset: '–' }

describe('a value', () => {
  it.each([
    [1234.5, '1,234.5'],
    [true, 'yes'],
    [null, '–'],
    [[], '–'],
    [['a', 'b'], 'a and b'],
    ['2017-12-28T18:44:31Z', '28 Dec 2017, 18:44 UTC'],
    ['2017', '2017'],
    ['9999-99-99T99:99', '9999-99-99T99:99'],
  ])('%j reads %s', (value, text) => expect(shown(value, format, words)).toBe(text))
})

it('a span is told in the largest unit that says enough', () => {
  expect(span(60 * 86_400, format)).toBe('60 days')
  expect(span(5 * 3600, format)).toBe('5 hours')
  expect(span(90, format)).toBe('1.5 minutes')
})

it('instants within a text are told in the zone of the project', () => {
  expect(said('wait until 2018-02-26T18:44:31Z', format)).toBe('wait until 26 Feb 2018, 18:44 UTC')
})

it('days of a reason are told as days, names and what is no day are left alone', () => {
  const reason = 'bought 3 times, last on 2018-02-26, with `Plan 2019-01-01` and SKU-2024-13-45'
  expect(withDays(reason, 'en-GB')).toBe('bought 3 times, last on 26 Feb 2018, with `Plan 2019-01-01` and SKU-2024-13-45')
})

it('names without a title are read as words', () => {
  expect(wordsOf('$identify')).toBe('identify')
  expect(wordsOf('order_completed')).toBe('order completed')
})
