import { Button, Progress } from '@mantine/core'
import { FileUp } from 'lucide-react'
import { type DragEvent, useEffect, useId, useRef, useState } from 'react'
import type { Shapes } from '@/api/client'
import { sendFile } from '@/bring/queries'
import { useMessages } from '@/i18n/language'
import { Card } from '@/ui/Page'
import { Failed } from '@/ui/States'
import classes from './Import.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

interface Sending {
  name: string
  share: number
  stop: () => void
}

/** Chooses a file and sends it; dragging is only another way. */
export function Choose(props: { sent: (kept: Shapes['FileKept']) => void }) {
  const t = useMessages({ en, pt })
  const input = useRef<HTMLInputElement>(null)
  const hint = useId()
  const [sending, setSending] = useState<Sending | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [over, setOver] = useState(false)
  const stop = useRef<AbortController | null>(null)
  useEffect(() => () => stop.current?.abort(), [])
  const send = async (file: File | undefined) => {
    if (file === undefined) return
    const control = new AbortController()
    stop.current = control
    setError(null)
    const show = (sent: number) => setSending({ name: file.name, share: (100 * sent) / Math.max(1, file.size), stop: () => control.abort() })
    show(0)
    try {
      const kept = await sendFile(file, control.signal, show)
      stop.current = null
      props.sent(kept)
    } catch (wrong) {
      if (!control.signal.aborted) setError(wrong)
      setSending(null)
    }
  }
  const dropped = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void send(event.dataTransfer.files[0])
  }
  if (sending !== null)
    return (
      <Card>
        <div className={classes.sending}>
          <strong role="status">{t.sending(sending.name)}</strong>
          <Button size="xs" variant="default" onClick={sending.stop}>
            {t.stop}
          </Button>
        </div>
        <Progress value={sending.share} aria-label={t.sent} />
      </Card>
    )
  return (
    <>
      <div
        className={`${classes.drop} ${over ? classes.over : ''}`}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={dropped}
      >
        <FileUp size={28} strokeWidth={1.5} aria-hidden />
        <Button onClick={() => input.current?.click()} aria-describedby={hint}>
          {t.choose}
        </Button>
        <span className="quiet small">{t.drop}</span>
        <p id={hint} className={classes.hint}>
          {t.chooseWhy}
        </p>
        <input ref={input} type="file" hidden onChange={(event) => void send(event.currentTarget.files?.[0])} />
      </div>
      {error === null ? null : <Failed error={error} />}
    </>
  )
}
