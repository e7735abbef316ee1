import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useId, useMemo } from 'react'
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
  /** What is wrong, by the path of the part at fault; '' for the whole. */
  wrong: ReadonlyMap<string, string>
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
  const found = query.data
  const busy = query.isFetching || asked !== tree
  const part = (path: string) => {
    const pointer = busy || query.error ? undefined : places.get(path)
    return pointer === undefined ? undefined : found?.nodes.find((one) => one.id === pointer)
  }
  return { found, busy, part, wrong: useMemo(() => wrongOf(query.error, places), [query.error, places]) }
}

/** Complaints by the innermost part of the tree that holds what they are about. */
function wrongOf(error: unknown, places: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const wrong = new Map<string, string>()
  if (!(error instanceof Problem)) return wrong
  const told = error.problems.length > 0 ? error.problems.map((one) => one.message) : [error.message]
  for (const message of told) {
    const placed = PLACED.exec(message)
    const pointer = placed?.[1] === undefined ? '' : `/${placed[1].replaceAll('.', '/').replaceAll(/\[(\d+)\]/g, '/$1')}`
    const holds = [...places].filter(([, place]) => place === '' || pointer === place || pointer.startsWith(`${place}/`))
    const [path] = holds.sort(([, one], [, other]) => other.length - one.length)[0] ?? ['']
    wrong.set(path, placed?.[2] ?? message)
  }
  return wrong
}
