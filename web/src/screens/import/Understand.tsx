import { Button } from '@mantine/core'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Shapes } from '@/api/client'
import { type Form, formOf, lacking, saidOf } from '@/bring/form'
import { dropFile, importFile, readFile } from '@/bring/queries'
import { useFormat, useMessages } from '@/i18n/language'
import { Card, Section } from '@/ui/Page'
import { Said } from '@/ui/Said'
import { Answered, Failed, Loading } from '@/ui/States'
import { Columns } from './Columns'
import classes from './Import.module.css'
import { en } from './messages.en'
import { pt } from './messages.pt'

const QUIET = 350
const [KILO, MEGA] = [1_000, 1_000_000]

/** A text that has not changed for a moment. */
function useQuiet<T>(value: T): T {
  const [quiet, setQuiet] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(value), QUIET)
    return () => clearTimeout(timer)
  }, [value])
  return quiet
}

/** How the rows are understood, in words and as a form; then they are imported so. */
export function Understand(props: { file: string; size: number; another: () => void; started: () => void }) {
  const t = useMessages({ en, pt })
  const guessed = useQuery({
    queryKey: ['data', 'file', props.file],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => readFile(props.file, null, signal),
  })
  const drop = () => {
    void dropFile(props.file).catch(() => undefined)
    props.another()
  }
  return (
    <Answered query={guessed} loading={<Card><Loading lines={6} /></Card>}>
      {(found) => (
        <>
          <Understood {...props} guessed={found} />
          <div>
            <Button variant="subtle" color="gray" size="xs" onClick={drop}>
              {t.another}
            </Button>
          </div>
        </>
      )}
    </Answered>
  )
}

function Understood(props: { file: string; size: number; guessed: Shapes['FileRead']; started: () => void }) {
  const t = useMessages({ en, pt })
  const format = useFormat()
  const { guessed } = props
  const sized = (bytes: number) => {
    const [unit, size] = bytes >= MEGA ? (['megabyte', MEGA] as const) : (['kilobyte', KILO] as const)
    return new Intl.NumberFormat(format.locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(bytes / size)
  }
  const [form, setForm] = useState<Form>(() => formOf(guessed.columns, guessed.said))
  const [byDocument, setByDocument] = useState(guessed.said === null && guessed.document !== null)
  const lacks = byDocument ? [] : lacking(form)
  const said: Shapes['RowsSaid'] | null = byDocument ? { profiles: false, document: guessed.document } : lacks.length > 0 ? null : saidOf(form)
  const asked = useQuiet(said === null ? null : JSON.stringify(said))
  const read = useQuery({
    queryKey: ['data', 'file', props.file, asked],
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: ({ signal }) => readFile(props.file, JSON.parse(asked ?? 'null') as Shapes['RowsSaid'], signal),
  })
  const run = useMutation({ mutationFn: (how: Shapes['RowsSaid']) => importFile(props.file, how), onSuccess: props.started })
  const isSettled = said !== null && JSON.stringify(said) === asked && read.data !== undefined && !read.isPlaceholderData && read.error === null
  return (
    <>
      <Section title={t.words} lead={t.wordsLead} aside={<span className="quiet small">{t.file(guessed.name, sized(props.size))}</span>}>
        <Card>
          {lacks.length > 0 ? (
            <div role="status">
              <ul className={classes.says}>
                {lacks.map((one) => (
                  <li key={one}>{t.lacking[one]}</li>
                ))}
              </ul>
            </div>
          ) : (
            <Answered query={read} loading={<Loading lines={4} />}>
              {(found) => (
                <div role="status" aria-busy={!isSettled}>
                  <ul className={classes.says}>
                    {found.says.map((one) => (
                      <li key={one}>
                        <Said>{one}</Said>
                      </li>
                    ))}
                  </ul>
                </div>
              )}
            </Answered>
          )}
          {guessed.reasons.length + guessed.doubts.length > 0 ? (
            <details className={classes.because}>
              <summary>{t.because}</summary>
              <ul>
                {[...guessed.reasons, ...guessed.doubts].map((one) => (
                  <li key={one}>
                    <Said>{one}</Said>
                  </li>
                ))}
              </ul>
            </details>
          ) : null}
          {read.error && read.data !== undefined && lacks.length === 0 ? <Failed error={read.error} /> : null}
          <div className={classes.run}>
            <Button disabled={!isSettled} loading={run.isPending} onClick={() => said !== null && run.mutate(said)}>
              {t.run}
            </Button>
          </div>
          {run.error ? <Failed error={run.error} /> : null}
        </Card>
      </Section>
      {byDocument ? (
        <Card>
          <p className={classes.document}>{t.document}</p>
          <Button variant="default" size="xs" onClick={() => setByDocument(false)}>
            {t.describe}
          </Button>
        </Card>
      ) : (
        <Columns form={form} seen={guessed.columns} onChange={setForm}>
          {guessed.said === null && guessed.document !== null ? (
            <Button variant="default" size="xs" onClick={() => setByDocument(true)}>
              {t.guess}
            </Button>
          ) : null}
        </Columns>
      )}
    </>
  )
}
