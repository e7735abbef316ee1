import snowplow from '@snowplow/node-tracker'
import { at, done, order, page, pause, told } from './story.mjs'

const { buildPageView, buildSelfDescribingEvent, buildStructEvent, newTracker } = snowplow
let sent = 0
const tracker = newTracker(
  { namespace: 'shop', appId: told.key },
  {
    endpoint: told.host, bufferSize: 1, eventMethod: 'post',
    onRequestSuccess: (events) => { sent += events.length },
  },
)
const schema = 'iglu:com.acme/order_completed/jsonschema/1-0-0'
tracker.setUserId(told.user)
tracker.track(
  buildSelfDescribingEvent({ event: { schema, data: order } }), [],
  { type: 'ttm', value: at.getTime() },
)
tracker.track(buildPageView({ pageUrl: page.url, pageTitle: page.title }))
tracker.track(buildStructEvent({ category: 'shop', action: 'Product Viewed', value: 3 }))
for (let wait = 0; wait < 100 && sent < 3; wait += 1) {
  await tracker.flush()
  await pause(100)
}
done(sent === 3 ? [] : [`${sent} of 3 were sent`])
