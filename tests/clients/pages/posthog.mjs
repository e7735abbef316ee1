import posthog from 'posthog-js'
import { left, order, traits, viewed } from './story.mjs'

export function start({ host, key }) {
  return new Promise((resolve) => {
    posthog.init(key, {
      api_host: host, capture_pageview: false, autocapture: false,
      loaded: () => resolve({ visitor: posthog.get_distinct_id() }),
    })
  })
}

export function tell(told) {
  posthog.capture('$pageview')
  posthog.capture('Product Viewed', viewed)
  posthog.identify(told.user, traits)
  posthog.capture('Order Completed', order(told))
}

export function farewell() {
  posthog.capture('Ticket Opened', left)
}
