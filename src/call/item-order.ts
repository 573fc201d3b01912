/**
 * The order of the conversation. The server says after which item each new one stands; the order of arrival is another.
 * Items without a known place stand at the end until it is told; an item that moves takes along what the server put behind it.
 */

interface Place {
  id: string;
  /** The item the server has put it after; null where it was only the last one when it came. */
  after: string | null;
  /** The unknown item it has to stand after as soon as that one is there. */
  awaits: string | null;
  /** Its place is history: a later engine, to which it is told again, has no say in it. */
  settled: boolean;
}

/** Items first to last. */
export type ItemOrder = Place[];

/**
 * Puts an item in its place. `previous` null or absent says nothing: servers send null also where it is not the first.
 * True when anything but an addition at the end has happened.
 */
export function place(order: ItemOrder, id: string, previous: string | null | undefined): boolean {
  const known = order.find((item) => item.id === id);
  if (known?.settled) return false;
  if (!known) add(order, id);
  const moved = previous != null && previous !== id && stand(order, id, previous);
  return known ? moved : follow(order, id) || moved;
}

function add(order: ItemOrder, id: string): void {
  const follower = order.findIndex((item) => item.awaits === id);
  order.splice(follower < 0 ? order.length : follower, 0, { id, after: null, awaits: null, settled: false });
}

/** What has been said so far stays where it stands, whatever a new engine makes of it. */
export function settle(order: ItemOrder): void {
  for (const item of order) {
    item.awaits = null;
    item.settled = true;
  }
}

/** The server does not have it any more, and knows nothing that stands behind it: its place is history from here on. */
export function settleOne(order: ItemOrder, id: string): void {
  const gone = order.find((item) => item.id === id);
  if (gone !== undefined) Object.assign(gone, { awaits: null, settled: true });
}

function stand(order: ItemOrder, id: string, previous: string): boolean {
  const from = order.findIndex((item) => item.id === id);
  const item = order[from];
  if (item === undefined || item.after === previous) return false;
  if (!order.some((other) => other.id === previous)) {
    item.awaits = previous;
    return false;
  }
  const block = order.slice(from, blockEnd(order, from));
  if (block.some((other) => other.id === previous)) return false;
  item.after = previous;
  item.awaits = null;
  order.splice(from, block.length);
  const behind = order.findIndex((other) => other.id === previous) + 1;
  // An engine that was told the past does not know what of it nobody heard: all of it stands before what is new.
  const to = Math.max(behind, order.findLastIndex((other) => other.settled) + 1);
  order.splice(to, 0, ...block);
  return to !== from;
}

/** The end of the run of items that the server put behind the one at `from`. */
function blockEnd(order: ItemOrder, from: number): number {
  const members = new Set([order[from]?.id]);
  let end = from + 1;
  for (let next = order[end]; next?.after != null && members.has(next.after); next = order[end]) {
    members.add(next.id);
    end += 1;
  }
  return end;
}

/** Items that were waiting for this one move behind it. */
function follow(order: ItemOrder, id: string): boolean {
  const followers = order.filter((item) => item.awaits === id).map((item) => item.id);
  for (const follower of followers) stand(order, follower, id);
  return followers.length > 0;
}
