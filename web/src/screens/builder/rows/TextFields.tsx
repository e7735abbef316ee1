import { lazy, Suspense } from 'react'
import type { Node } from '@/segment/tree'

const RuleEditor = lazy(() => import('../RuleEditor'))

/** One condition, or the whole, as text: every form of the language can stand here. */
export function TextFields(props: { of: string; node: Node; onChange: (node: Node) => void; autoFocus?: boolean; tall?: boolean }) {
  return (
    <Suspense fallback={<span className="quiet">…</span>}>
      <RuleEditor {...props} />
    </Suspense>
  )
}
