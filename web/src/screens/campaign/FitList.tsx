import type { Found } from '@/campaigns/shapes'
import { useMessages } from '@/i18n/language'
import { Said } from '@/ui/Said'
import classes from './Campaign.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

/** Whether the message fits what the group did, each finding with what to do. */
export function FitList(props: { fit: readonly Found[] }) {
  const t = useMessages({ en, pt })
  return (
    <>
      {props.fit.length === 0 ? <p style={{ margin: 0 }}>{t.fitFine}</p> : null}
      <ul className={classes.found}>
        {props.fit.map((one) => (
          <li key={`${one.code} ${one.message}`}>
            <Said>{one.message}</Said>
            {one.hint === null ? null : (
              <p className="quiet small">
                <Said>{one.hint}</Said>
              </p>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}
