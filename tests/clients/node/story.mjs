// What every program here tells, whichever client it tells it with.
const [host, key, json] = process.argv.slice(2)

/** Where to send, with which key, and who did what when. */
export const told = { host, key, ...JSON.parse(json) }
export const at = new Date(told.at)
export const order = { orderId: told.order, revenue: 12.5, coupon: 'AUTUMN', paid: true }
export const traits = { email: 'ana@example.org', plan: 'pro', age: 41 }
export const page = { url: 'https://shop.example/lamps', title: 'Lamps' }

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Told when everything was sent; whoever waits for it has to say so before the time is up. */
export function done(errors = []) {
  console.log(JSON.stringify({ errors: errors.map(String) }))
}
