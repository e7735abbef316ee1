import { AnalyticsBrowser } from '@segment/analytics-next'
import { left, order, traits, viewed } from './story.mjs'

let analytics

/** Loads the settings first; without them, nothing is sent. */
export async function start({ host, key, batched }) {
  const deliveryStrategy = batched
    ? { strategy: 'batching', config: { size: 100, timeout: 60_000 } }
    : { config: { keepalive: true } }
  const integrations = { 'Segment.io': { deliveryStrategy } }
  const [loaded] = await AnalyticsBrowser.load({ writeKey: key, cdnURL: host }, { integrations })
  analytics = loaded
  return { visitor: analytics.user().anonymousId() }
}

export async function tell(told) {
  await analytics.page('Lamps')
  await analytics.track('Product Viewed', viewed)
  await analytics.identify(told.user, traits)
  await analytics.track('Order Completed', order(told))
}

export function farewell() {
  analytics.track('Ticket Opened', left)
}
