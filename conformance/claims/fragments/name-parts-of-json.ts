import { type Claim, expect } from '../../claim.ts'
import { partSubscribed } from '../../fragments.ts'

export const claim: Claim = {
  rows: ['SF-15'],
  level: 'extension',
  section: 'Superfeedr',
  title: 'A topic with a JSONPath as its fragment is that part of the JSON',
  sends: 'a subscription to …#%24.store.bicycle.price, and a ping of an inventory in JSON',
  expects: 'a delivery of that price: the number, or a list of it alone',
  presupposes: ['fragments/deliver-the-part'],
  knobs: ['fragmentHub'],
  async run(context) {
    const hub = context.toward(context.knobs.fragmentHub ?? '')
    const inventory = context.topic({ type: 'application/json', content: inventoryOf('7.95', 3) })
    const { callback } = await partSubscribed(hub, inventory, '%24.store.bicycle.price')
    await hub.publish(inventory, inventoryOf('19.95', 7))
    const delivery = await callback.delivery()
    const holds = /^\s*(?:\[\s*)?19\.95(?:\s*\])?\s*$/.test(delivery.text)
    expect(holds, { expected: '19.95', found: delivery.text }, delivery)
  },
}

function inventoryOf(price: string, sold: number): string {
  return `{"sold": ${sold}, "store": {"bicycle": {"color": "red", "price": ${price}}}}`
}
