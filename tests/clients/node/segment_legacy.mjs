import Analytics from 'analytics-node'
import { at, done, order, page, told, traits } from './story.mjs'

const errors = []
const analytics = new Analytics(told.key, {
  host: told.host, retryCount: 20, errorHandler: (error) => errors.push(error),
})
analytics.track({
  userId: told.user, event: 'Order Completed', properties: order, timestamp: at,
})
analytics.identify({ userId: told.user, anonymousId: told.visitor, traits })
analytics.page({ userId: told.user, name: 'Lamps', properties: page })
analytics.track({
  anonymousId: told.visitor, event: 'Product Viewed', properties: { name: 'Lamp' },
})
analytics.group({ userId: told.user, groupId: 'g1', traits: { size: 9 } })
analytics.alias({ userId: told.user, previousId: told.former })
await analytics.flush()
done(errors)
