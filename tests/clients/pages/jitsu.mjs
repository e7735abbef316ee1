import { jitsuAnalytics } from '@jitsu/js'
import { left, order, traits, viewed } from './story.mjs'

let analytics

export async function start({ host, key }) {
  analytics = jitsuAnalytics({ host, writeKey: `${key}:-` }) // it insists on two parts
  return { visitor: (await analytics.user())?.anonymousId }
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
