import { root } from '@/api/client'
import { projectFacts, queryClient, segmentList, segmentSizes, whoAmI } from '@/api/queries'

/** Set while somebody is logged in here: nobody else's questions are asked early. */
const KNOWN = 'shoal-known'

/** Where most begin: the code of these screens, which both show sizes first. */
const FIRST: Readonly<Record<string, () => Promise<unknown>>> = {
  '/': () => import('@/screens/home/Home'),
  '/segments': () => import('@/screens/segments/Segments'),
}

/** Asks at once for what the address shows, each by itself: one wait instead of one after the other. */
export function begin(): void {
  const load = FIRST[location.pathname.slice(root.length) || '/']
  void load?.()
  const was = wasKnown()
  void queryClient.fetchQuery(whoAmI).then((me) => remember(me !== null), () => undefined)
  if (!was) return
  void queryClient.prefetchQuery(projectFacts)
  if (load === undefined || location.search !== '') return // of another day it asks something else
  void queryClient.prefetchQuery(segmentList())
  void queryClient.prefetchQuery(segmentSizes())
}

function wasKnown(): boolean {
  try {
    return localStorage.getItem(KNOWN) !== null
  } catch {
    return false
  }
}

function remember(isKnown: boolean): void {
  try {
    if (isKnown) localStorage.setItem(KNOWN, 'yes')
    else localStorage.removeItem(KNOWN)
  } catch {
    // a browser that keeps nothing asks a moment later
  }
}
