// What every page here tells, whichever client it tells it with.
export const order = (told) => ({
  orderId: told.order, revenue: 12.5, coupon: 'AUTUMN',
  products: [{ productId: 'p1', price: 5 }, { productId: 'p2', price: 7.5 }],
})
export const traits = { email: 'ana@example.org', plan: 'pro' }
export const viewed = { name: 'Lamp', price: 5 }
export const left = { topic: 'delivery' }
