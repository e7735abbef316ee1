import { describe, expect, it } from 'vitest'
import { formOf, lacking, saidOf, withName, withRole } from './form'

const columns = ['customer', 'date', 'total', 'city'].map((name) => ({ name }))
const said = { event: 'sale', event_column: null, profiles: false, user: 'customer', anonymous: null, time: 'date', time_format: null, id_column: null, properties: {} }

describe('a form', () => {
  it('says what was guessed, and nothing else', () => {
    const form = formOf(columns, said)
    expect(form.columns.map((one) => one.role)).toEqual(['user', 'time', 'property', 'property'])
    expect(saidOf(form)).toEqual({ ...said, without: [] })
    expect(lacking(form)).toEqual([])
  })
  it('keeps names that were given, and leaves out what has none', () => {
    const form = formOf(columns, { ...said, properties: { revenue: 'total' } })
    expect(form.columns[3]?.role).toBe('skip')
    expect(saidOf(form).properties).toEqual({ revenue: 'total' })
  })
  it('leaves columns out by their names, or by naming the others', () => {
    const form = withRole(formOf(columns, said), 'city', 'skip')
    expect(saidOf(form)).toMatchObject({ properties: {}, without: ['city'] })
    expect(saidOf(withName(form, 'total', 'revenue'))).toMatchObject({ properties: { revenue: 'total' }, without: [] })
  })
  it('gives a role that only one column can have to one column only', () => {
    const form = withRole(formOf(columns, said), 'city', 'user')
    expect(form.columns.map((one) => one.role)).toEqual(['property', 'time', 'property', 'user'])
    expect(saidOf(form).user).toBe('city')
  })
  it('says what is lacking', () => {
    expect(lacking(formOf(columns, null))).toEqual(['who', 'what', 'when'])
    expect(lacking({ ...formOf(columns, null), profiles: true })).toEqual(['who'])
    const named = withRole(withRole(withRole(formOf(columns, null), 'city', 'event'), 'date', 'time'), 'customer', 'user')
    expect(lacking(named)).toEqual([])
    expect(saidOf({ ...named, event: 'x' })).toMatchObject({ event: null, event_column: 'city' })
  })
})
