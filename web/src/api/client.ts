import createClient, { type Middleware } from 'openapi-fetch'
import type { components, paths } from './api.gen'

export type Shapes = components['schemas']

/** Where the page lives: `/`, or below it behind a proxy. No slash at its end. */
export const root = new URL(document.baseURI).pathname.replace(/\/$/, '')

/** What the server said was wrong, in its own words. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    title: string,
    readonly detail: string | undefined,
    readonly problems: readonly { message: string; hint?: string | null; line?: number | null; column?: number | null }[] = [],
  ) {
    super(title)
  }
}

let token: string | null = null
/** Changes carry this token, so that no other site can make them in our name. */
export const keepToken = (given: string | null) => {
  token = given
}

/** Where the language is kept that a reader chose instead of the project's. */
export const KEPT_LANGUAGE = 'shoal-language'

const guard: Middleware = {
  onRequest: ({ request }) => {
    const language = localStorage.getItem(KEPT_LANGUAGE)
    if (language !== null) request.headers.set('x-language', language)
    if (token !== null && request.method !== 'GET') request.headers.set('x-csrf-token', token)
    return request
  },
}

interface Ahead {
  language: string | null
  asked: Map<string, Promise<Response>>
}

/** The answer that `early.js` asked for before there was a page, once; else asks now. */
function answered(request: Request): Promise<Response> {
  const ahead = (window as { shoalAhead?: Ahead }).shoalAhead
  const early = request.method === 'GET' ? ahead?.asked.get(request.url) : undefined
  if (early === undefined || ahead === undefined) return fetch(request)
  ahead.asked.delete(request.url)
  return ahead.language === request.headers.get('x-language') ? early : fetch(request)
}

export const api = createClient<paths>({
  baseUrl: root,
  fetch: answered,
  querySerializer: { array: { style: 'form', explode: true } },
})
api.use(guard)

/** The data of an answer; a Problem where there is none. */
export async function got<T>(
  asked: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  let answer
  try {
    answer = await asked
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem(0, 'offline', undefined)
  }
  if (answer.error === undefined && answer.response.ok) return answer.data as T
  throw problemOf(answer.response.status, answer.error)
}

function problemOf(status: number, said: unknown): Problem {
  const told = (typeof said === 'object' && said !== null ? said : {}) as Record<string, unknown>
  const title = typeof told.title === 'string' ? told.title : `status ${status}`
  const problems = Array.isArray(told.problems) ? (told.problems as Problem['problems']) : []
  return new Problem(status, title, told.detail as string | undefined, problems)
}
