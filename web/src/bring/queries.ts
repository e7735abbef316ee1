import { queryOptions } from '@tanstack/react-query'
import { api, got, type Shapes } from '@/api/client'

/** Bytes of one part; the server takes no larger one. */
const PART = 1 << 20

/** The import that goes on, or the last one; asked again and again while it goes on. */
export const workNow = queryOptions({
  queryKey: ['data', 'work'],
  staleTime: 0,
  queryFn: ({ signal }) => got(api.GET('/api/v1/data/work', { signal })),
  refetchInterval: (query) => (query.state.data?.state === 'running' ? 600 : false),
})

/** Sends a file part by part, telling how far it is; what it is kept as. */
export async function sendFile(file: File, signal: AbortSignal, tell: (sent: number) => void): Promise<Shapes['FileKept']> {
  let kept = await got(api.POST('/api/v1/data/files', { body: { name: file.name, size: file.size }, signal }))
  try {
    while (kept.received < kept.size) {
      const query = { file: kept.id, offset: kept.received }
      const part = file.slice(kept.received, kept.received + PART)
      kept = await got(
        api.PUT('/api/v1/data/files/part', {
          params: { query },
          body: part as unknown as string,
          bodySerializer: (body) => body,
          headers: { 'content-type': 'application/octet-stream' },
          signal,
        }),
      )
      tell(kept.received)
    }
  } catch (error) {
    void dropFile(kept.id).catch(() => undefined) // what half of it is there is of no use
    throw error
  }
  return kept
}

export const dropFile = (file: string) => got(api.DELETE('/api/v1/data/files', { params: { query: { file } } }))

/** How rows would be understood: as said, or as guessed. */
export const readFile = (file: string, said: Shapes['RowsSaid'] | null, signal?: AbortSignal) =>
  got(api.POST('/api/v1/data/files/read', { params: { query: { file } }, body: { said }, signal }))

export const importFile = (file: string, said: Shapes['RowsSaid']) =>
  got(api.POST('/api/v1/data/files/import', { params: { query: { file } }, body: said }))

export const makeSample = () => got(api.POST('/api/v1/data/sample', { body: { pack: 'ecommerce' } }))
