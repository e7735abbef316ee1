import { Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, got, Problem } from '@/api/client'
import { useMessages } from '@/i18n/language'
import type { Node } from '@/segment/tree'
import { en } from '../messages.en'
import { pt } from '../messages.pt'

const PAUSE = 250

/** One condition as text: every form of the language can stand here. */
export function TextFields(props: { of: string; node: Node; onChange: (node: Node) => void; autoFocus?: boolean }) {
  const t = useMessages({ en, pt })
  const [text, setText] = useState<string | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const told = useQuery({
    queryKey: ['rules', 'text', props.node],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => got(api.POST('/api/v1/rules/tree', { body: { rule: props.node }, signal })),
  })
  const { onChange } = props
  useEffect(() => {
    if (text === null) return
    const stop = new AbortController()
    const timer = setTimeout(async () => {
      try {
        const found = await got(api.POST('/api/v1/rules/tree', { body: { text }, signal: stop.signal }))
        setWrong(null)
        setText(null)
        onChange(found.rule as Node)
      } catch (error) {
        if (error instanceof Problem) setWrong(error.problems[0]?.message ?? error.message)
      }
    }, PAUSE)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
    // Only what was typed starts it anew.
  }, [text])
  return (
    <Textarea
      size="xs"
      aria-label={`${props.of}: ${t.rule}`}
      autosize
      minRows={1}
      maxRows={8}
      value={text ?? told.data?.text ?? ''}
      error={wrong}
      spellCheck={false}
      autoFocus={props.autoFocus}
      onChange={(event) => setText(event.currentTarget.value)}
      style={{ flex: '1 1 100%' }}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
    />
  )
}
