import { useEffect, useState } from 'react'
import { useFormat, useMessages } from '@/i18n/language'
import { useAsOf } from './AsOf'
import classes from './AsOf.module.css'
import { Range } from './Range'

const DAY = 86_400_000
const PAUSE = 250
const messages = {
  en: { label: 'As it was', now: 'now', hint: 'Slide through time: everything below is as it was on that day.' },
  pt: { label: 'Como era', now: 'agora', hint: 'Deslize pelo tempo: tudo abaixo fica como era nesse dia.' },
}

/** Any day from the first event until now; the day stands in the address a moment after one stops. */
export function TimeSlider(props: { earliest: string | null; latest: string }) {
  const t = useMessages(messages)
  const format = useFormat()
  const [wanted, choose] = useAsOf()
  const last = Math.floor(Date.parse(format.isoDay(props.latest)) / DAY)
  const first = props.earliest === null ? last : Math.floor(Date.parse(format.isoDay(props.earliest)) / DAY)
  const at = wanted === undefined ? last + 1 : Math.floor(Date.parse(wanted.slice(0, 10)) / DAY)
  const [moved, setMoved] = useState<number | null>(null)
  useEffect(() => setMoved(null), [wanted])
  useEffect(() => {
    if (moved === null) return
    const timer = setTimeout(() => choose(moved > last ? undefined : dayOf(moved)), PAUSE)
    return () => clearTimeout(timer)
    // `choose` is another one each time, and does the same.
  }, [moved, last])
  if (first >= last) return null
  const shown = moved ?? at
  const said = shown > last ? t.now : format.day(`${dayOf(shown)}T12:00:00Z`)
  return (
    <div className={`${classes.slider} ${shown > last ? 'no-print' : ''}`} title={t.hint}>
      <span className="quiet small">{t.label}</span>
      <Range
        min={first}
        max={last + 1}
        step={1}
        value={shown}
        aria-label={t.label}
        aria-valuetext={said}
        onChange={(event) => setMoved(event.currentTarget.valueAsNumber)}
      />
      <output className={`num ${classes.moment}`}>{said}</output>
    </div>
  )
}

const dayOf = (day: number) => new Date(day * DAY).toISOString().slice(0, 10)
