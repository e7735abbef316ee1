import { expect, test } from 'vitest'
import { capOf, capText, isLocal, isTwice, differences, draftOf, EMPTY, type Fields, fieldsOf, goalOf, goalText, nameFrom, quietOf, reworded, timingOf, timingText, worded } from './draft'

const ONE: Fields = {
  title: { en: 'Spring', pt: 'Primavera' },
  audience: 'visitors',
  purpose: 'offers',
  goal: 'did visit in next 14d',
  channel: 'email',
  subject: 'Hello',
  text: 'Come back',
  timing: 'every 1w',
  metrics: { again: 'did visit in next 7d', less: { measure: 'did leave in next 7d', less_is_better: true } },
  priority: 3,
  holdout: '10%',
}
const TWO: Fields = { audience: 'everyone', purpose: 'offers', variants: { a: { subject: 'A', text: 'a', weight: 2 }, b: { text: 'b', fields: { url: 'x' } } } }

test.each([ONE, TWO])('a draft says what its file said', (said) => {
  expect(fieldsOf(draftOf(said))).toEqual(said)
})

test('what is empty is not said, and one message becomes several', () => {
  expect(fieldsOf(EMPTY)).toEqual({ channel: 'email', timing: 'once' })
  const draft = draftOf(ONE)
  const both = fieldsOf({ ...draft, variants: [...draft.variants, { name: 'short', text: 'Hi', weight: 1 }] })
  expect(both.variants).toEqual({ message: { subject: 'Hello', text: 'Come back' }, short: { text: 'Hi' } })
  expect(both.subject).toBeUndefined()
})

test.each(['once', 'once at 2026-12-01T09:00', 'every 2w', 'on entering big', 'on leaving stage.new', 'on event order_completed', 'on occasion birthday 7d before', 'on occasion  7d before', 'whenever'])('%s is told again', (text) => {
  expect(timingText(timingOf(text))).toBe(text)
})

test('goals, caps and quiet hours that a form can show', () => {
  expect(goalText(goalOf('did visit in next 14d') ?? { event: '', days: 0 })).toBe('did visit in next 14d')
  expect(goalOf('did visit where pages > 3 in next 14d')).toBeUndefined()
  expect(capText(capOf('2 per 7d') ?? { count: 0, days: 0 })).toBe('2 per 7d')
  expect(capOf('2 per 12h')).toBeUndefined()
  expect(quietOf('21:00-08:00')).toEqual({ from: '21:00', to: '08:00' })
  expect(quietOf('')).toBeUndefined()
})

test('what a field cannot show, and names that stand twice', () => {
  expect(['', '2026-12-01T09:00', '2026-12-01', '2026-12-01T09:00:00Z'].map(isLocal)).toEqual([true, true, false, false])
  expect(['a', 'b'].map((name) => isTwice([{ name: 'a' }, { name: 'b' }, { name: 'a' }], name))).toEqual([true, false])
})

test('a text in a language keeps the others', () => {
  expect(worded(ONE.title, 'pt')).toBe('Primavera')
  expect(worded(ONE.title, 'de')).toBe('Spring')
  expect(reworded(ONE.title, 'pt', 'Flores')).toEqual({ en: 'Spring', pt: 'Flores' })
  expect(reworded('Spring', 'pt', 'Flores')).toBe('Flores')
  expect(nameFrom('Já é primavera!')).toBe('ja_e_primavera')
})

test('differences name the part that is another', () => {
  const after = { ...ONE, subject: 'Hi', cap: '1 per 7d', title: { en: 'Spring', pt: 'Flores' } }
  expect(differences(ONE, after)).toEqual([
    { path: ['title', 'pt'], before: 'Primavera', after: 'Flores' },
    { path: ['subject'], before: 'Hello', after: 'Hi' },
    { path: ['cap'], before: undefined, after: '1 per 7d' },
  ])
  expect(differences(ONE, ONE)).toEqual([])
  expect(differences(ONE, { ...ONE, holdout: null })).toEqual([{ path: ['holdout'], before: '10%', after: undefined }])
})
