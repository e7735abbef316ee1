import { PostHog } from 'posthog-node'
import { at, done, order, page, told, traits } from './story.mjs'

const errors = []
const posthog = new PostHog(told.key, { host: told.host, flushInterval: 100, fetchRetryCount: 10 })
posthog.on('error', (error) => errors.push(error))
posthog.capture({
  distinctId: told.user, event: 'Order Completed', properties: order, timestamp: at,
})
posthog.identify({ distinctId: told.user, properties: traits })
posthog.capture({
  distinctId: told.user, event: '$pageview',
  properties: { $current_url: page.url, title: page.title },
})
posthog.capture({
  distinctId: told.visitor, event: 'Product Viewed',
  properties: { name: 'Lamp', $process_person_profile: false },
})
posthog.groupIdentify({
  groupType: 'company', groupKey: 'g1', properties: { size: 9 }, distinctId: told.user,
})
posthog.alias({ distinctId: told.user, alias: told.former })
await posthog.shutdown(60_000)
done(errors)
