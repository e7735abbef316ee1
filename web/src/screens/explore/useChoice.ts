import { useSearchParams } from 'wouter'

/** What one chose, in the address: Back goes back, and any view is a link. */
export function useChoice() {
  const [address, setAddress] = useSearchParams()
  return {
    one: (name: string) => address.get(name),
    many: (name: string) => address.getAll(name),
    /** Empty texts and null leave the address; lists stand in it once each. */
    choose: (wanted: Record<string, string | null | readonly string[]>) =>
      setAddress((before) => {
        const after = new URLSearchParams(before)
        for (const [name, value] of Object.entries(wanted)) {
          after.delete(name)
          for (const one of Array.isArray(value) ? value : [value]) if (one) after.append(name, one as string)
        }
        return after
      }),
  }
}
