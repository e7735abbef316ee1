import {
  newTracker, setUserId, trackPageView, trackSelfDescribingEvent, trackStructEvent,
} from '@snowplow/browser-tracker'
import { left, order, viewed } from './story.mjs'

let tracker
const event = (name, data) => trackSelfDescribingEvent({
  event: { schema: `iglu:com.acme/${name}/jsonschema/1-0-0`, data },
})

export function start({ host, key }) {
  tracker = newTracker('shop', host, { appId: key, keepalive: true })
  return { visitor: tracker.getDomainUserId() }
}

export function tell(told) {
  trackPageView()
  event('product_viewed', viewed)
  setUserId(told.user)
  event('order_completed', order(told))
}

export function farewell() {
  trackStructEvent({ category: 'help', action: 'Ticket Opened', label: left.topic })
}
