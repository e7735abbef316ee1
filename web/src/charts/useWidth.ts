import { useCallback, useRef, useState } from 'react'

/** The width an element has: charts are drawn in pixels, so that their letters keep their size. */
export function useWidth(first = 640): [(element: HTMLElement | null) => void, number] {
  const [width, setWidth] = useState(first)
  const watched = useRef<ResizeObserver | null>(null)
  const watch = useCallback((element: HTMLElement | null) => {
    watched.current?.disconnect()
    if (element === null) return
    setWidth(element.clientWidth || first)
    watched.current = new ResizeObserver(() => setWidth(element.clientWidth || first))
    watched.current.observe(element)
  }, [first])
  return [watch, width]
}
