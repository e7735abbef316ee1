const DAY = 86_400_000
const WEEKS = 26

/** Half a year of weekly steps that end with the day an instant falls on. */
export function weeksUntil(at: string, isoDay: (at: string) => string): { from: string; to: string; every: string } {
  const to = isoDay(at)
  const from = new Date(Date.parse(to) - WEEKS * 7 * DAY).toISOString().slice(0, 10)
  return { from, to, every: '1w' }
}
