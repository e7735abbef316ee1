import { useSearchParams } from 'wouter'
import { useFormat, useMessages } from '@/i18n/language'
import classes from './AsOf.module.css'

const messages = {
  en: { label: 'As it was on', now: 'Now', reset: 'Back to now' },
  pt: { label: 'Como era em', now: 'Agora', reset: 'Voltar para agora' },
}

/** The instant that the address asks about (`?as_of=2026-11-01`); undefined is now. */
export function useAsOf(): [string | undefined, (wanted: string | undefined) => void] {
  const [query, setQuery] = useSearchParams()
  const wanted = query.get('as_of') ?? undefined
  const choose = (next: string | undefined) =>
    setQuery(
      (before) => {
        const after = new URLSearchParams(before)
        if (next === undefined) after.delete('as_of')
        else after.set('as_of', next)
        return after
      },
      { replace: true },
    )
  return [wanted, choose]
}

/** Picks a day of the past: everything on the screen is then as it was when that day began. */
export function AsOf(props: { latest: string; earliest?: string | null }) {
  const t = useMessages(messages)
  const format = useFormat()
  const [wanted, choose] = useAsOf()
  return (
    <div className={classes.asOf}>
      <label className={classes.label}>
        {t.label}
        <input
          type="date"
          className={classes.input}
          value={wanted?.slice(0, 10) ?? ''}
          min={props.earliest ? format.isoDay(props.earliest) : undefined}
          max={format.isoDay(props.latest)}
          onChange={(event) => choose(event.currentTarget.value || undefined)}
        />
      </label>
      {wanted === undefined ? null : (
        <button type="button" className={classes.reset} onClick={() => choose(undefined)}>
          {t.reset}
        </button>
      )}
    </div>
  )
}
