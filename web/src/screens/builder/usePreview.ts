import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useId, useMemo, useRef } from 'react'
import { api, got, Problem, type Shapes } from '@/api/client'
import { settled } from '@/segment/settled'
import type { Node } from '@/segment/tree'

const PAUSE = 150
const SAMPLE = 8
const PLACED = /^at ([^:]+): (.*)$/s

/** How many match one part of the tree alone, and the whole without it. */
export type PartCount = Shapes['Node']

export interface Counted {
  found: Shapes['Previewed'] | undefined
  busy: boolean
  /** The counts of the part at a path of the tree. */
  part: (path: string) => PartCount | undefined
  /** Where a part of the counted rule, as the API names it, stands in the tree. */
  pathOf: (pointer: string) => string | undefined
  /** What is wrong, by the path of the part at fault; '' for the whole. */
  wrong: ReadonlyMap<string, Wrong>
  /** Asks once more, where it is not the rule that is wrong. */
  again: (() => void) | undefined
}

/** What is wrong, and the name that was probably meant. */
export interface Wrong {
  message: string
  slip?: { from: string; to: string }
}

/** The counts of a rule while it is edited: asked a moment after the last change, older ones given up. */
export function usePreview(tree: Node): Counted {
  const [asked] = useDebouncedValue(tree, PAUSE)
  const client = useId()
  const { rule, places } = useMemo(() => settled(asked), [asked])
  const query = useQuery({
    queryKey: ['preview', rule],
    queryFn: ({ signal }) => got(api.POST('/api/v1/segments/preview', { body: { rule, client, sample: SAMPLE, twins: true, reach: true }, signal })),
    placeholderData: keepPreviousData,
    retry: false,
  })
  const last = useRef(query.data)
  if (query.data !== undefined) last.current = query.data
  const found = query.data ?? last.current // the last that could be counted stays, and is told to be that
  const busy = query.isFetching || asked !== tree
  const part = (path: string) => {
    const pointer = busy || query.error ? undefined : places.get(path)
    return pointer === undefined ? undefined : found?.nodes.find((one) => one.id === pointer)
  }
  const pathOf = (pointer: string) => (busy ? undefined : [...places].find(([, place]) => place === pointer)?.[0])
  const again = isOurs(query.error) ? () => void query.refetch() : undefined
  return { found, busy, part, pathOf, wrong: useMemo(() => wrongOf(query.error, places), [query.error, places]), again }
}

/** Whether the server failed, or could not be reached. */
const isOurs = (error: unknown) => error instanceof Problem && (error.status === 0 || error.status >= 500)

/** Complaints by the innermost part of the tree that holds what they are about. */
function wrongOf(error: unknown, places: ReadonlyMap<string, string>): ReadonlyMap<string, Wrong> {
  const wrong = new Map<string, Wrong>()
  if (!(error instanceof Problem) || error.status === 409) return wrong
  const told = error.problems.length > 0 ? error.problems : [{ message: error.message, hint: null }]
  for (const { message, hint } of told) {
    const placed = PLACED.exec(message)
    const pointer = placed?.[1] === undefined ? '' : `/${placed[1].replaceAll('.', '/').replaceAll(/\[(\d+)\]/g, '/$1')}`
    const holds = [...places].filter(([, place]) => place === '' || pointer === place || pointer.startsWith(`${place}/`))
    const [path] = holds.sort(([, one], [, other]) => other.length - one.length)[0] ?? ['']
    const said = placed?.[2] ?? message
    wrong.set(path, { message: hint ? `${said}; ${hint}` : said, ...slipOf(said, hint) })
  }
  return wrong
}

/** The name that is written and the one that was meant, where the hint names one. */
export function slipOf(message: string, hint: string | null | undefined): { slip?: { from: string; to: string } } {
  const to = /^(?:did you mean|seria) `([^`]+)`/.exec(hint ?? '')?.[1]
  const from = /`([^`]+)`/.exec(message)?.[1]
  return to === undefined || from === undefined ? {} : { slip: { from, to } }
}
