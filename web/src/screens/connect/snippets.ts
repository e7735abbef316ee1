/** Code that sends one event, as the guide to clients has it. */
export const KINDS = ['browser', 'node', 'python', 'curl'] as const
export type Kind = (typeof KINDS)[number]

export const INSTALL: Record<Kind, string | null> = {
  browser: 'npm install @segment/analytics-next',
  node: 'npm install @segment/analytics-node',
  python: 'pip install segment-analytics-python',
  curl: null,
}

export function snippet(kind: Kind, host: string, key: string): string {
  switch (kind) {
    case 'browser':
      return `import { AnalyticsBrowser } from '@segment/analytics-next'

const analytics = AnalyticsBrowser.load({ writeKey: '${key}', cdnURL: '${host}' })
analytics.track('Order Completed', { revenue: 12.5 })`
    case 'node':
      return `import { Analytics } from '@segment/analytics-node'

const analytics = new Analytics({ writeKey: '${key}', host: '${host}' })
analytics.track({ userId: 'ana', event: 'Order Completed', properties: { revenue: 12.5 } })
await analytics.closeAndFlush()`
    case 'python':
      return `from segment.analytics import Client

analytics = Client("${key}", host="${host}")
analytics.track("ana", "Order Completed", {"revenue": 12.5})
analytics.shutdown()`
    case 'curl':
      return `curl ${host}/v1/track \\
  -H 'Authorization: Bearer ${key}' \\
  -H 'Content-Type: application/json' \\
  -d '{"userId": "ana", "event": "Order Completed", "properties": {"revenue": 12.5}}'`
  }
}
