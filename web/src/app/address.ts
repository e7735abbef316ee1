/** A name or id out of an address; the router has decoded most of it already. */
export function decoded(part: string | undefined): string {
  try {
    return decodeURIComponent(part ?? '')
  } catch {
    return part ?? '' // a lone % that was decoded before
  }
}

export const addressOf = {
  segment: (name: string, asOf?: string) => `/segments/${encodeURIComponent(name)}${asOf ? `?as_of=${asOf}` : ''}`,
  customer: (id: string, asOf?: string) => `/customers/${encodeURIComponent(id)}${asOf ? `?as_of=${asOf}` : ''}`,
}
