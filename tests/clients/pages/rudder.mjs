import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'
import { left, order, traits, viewed } from './story.mjs'

const analytics = new RudderAnalytics()

export function start({ host, key, batched }) {
  const told = batched
    ? { useBeacon: true, beaconQueueOptions: { flushQueueInterval: 600_000 } }
    : {}
  return new Promise((resolve) => {
    analytics.load(key, host, { configUrl: host, ...told })
    analytics.ready(() => resolve({ visitor: analytics.getAnonymousId() }))
  })
}

export function tell(told) {
  analytics.page('Lamps')
  analytics.track('Product Viewed', viewed)
  analytics.identify(told.user, traits)
  analytics.track('Order Completed', order(told))
}

export function farewell() {
  analytics.track('Ticket Opened', left)
}
