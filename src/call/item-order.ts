/**
 * The order of the conversation. The server says after which item each new one stands; the order of arrival is another.
 * Items without a known place stand at the end until it is told; an item that moves takes along what the server put behind it.
 */

interface Place {
  id: string;
  /** The item it stands after. */
  after: string | null;
  /** The server has said so; else it was the last one when this came. */
  told: boolean;
  /** The unknown item it has to stand after as soon as that one is there. */
  awaits: string | null;
}

/** Items first to last. Those that follow one another through `after` stand together. */
export type ItemOrder = Place[];

/**
 * Puts an item in its place. `previous` null or absent says nothing: servers send null also where it is not the first.
 * True when anything but an addition at the end has happened.
 */
export function place(order: ItemOrder, id: string, previous: string | null | undefined): boolean {
  const known = order.some((item) => item.id === id);
  if (!known) add(order, id);
  const moved = previous != null && previous !== id && stand(order, id, previous);
  return known ? moved : follow(order, id) || moved;
}

function add(order: ItemOrder, id: string): void {
  const follower = order.find((item) => item.awaits === id);
  if (follower === undefined) order.push({ id, after: order.at(-1)?.id ?? null, told: false, awaits: null });
  else order.splice(order.indexOf(follower), 0, { id, after: follower.after, told: false, awaits: null });
}

function stand(order: ItemOrder, id: string, previous: string): boolean {
  const from = order.findIndex((item) => item.id === id);
  const item = order[from];
  if (item === undefined || (item.after === previous && item.told)) return false;
  if (!order.some((other) => other.id === previous)) {
    item.awaits = previous;
    return false;
  }
  const block = order.slice(from, blockEnd(order, from));
  if (block.some((other) => other.id === previous)) return false;
  leaveBehind(order, block, item.after);
  item.after = previous;
  item.told = true;
  item.awaits = null;
  order.splice(from, block.length);
  const to = order.findIndex((other) => other.id === previous) + 1;
  order.splice(to, 0, ...block);
  return to !== from;
}

/** The end of the run of items that the server put behind the one at `from`. */
function blockEnd(order: ItemOrder, from: number): number {
  const members = new Set([order[from]?.id]);
  let end = from + 1;
  for (let next = order[end]; next?.told && members.has(next.after ?? undefined); next = order[end]) {
    members.add(next.id);
    end += 1;
  }
  return end;
}

/** Items that only happened to come after a block do not move with it. */
function leaveBehind(order: ItemOrder, block: Place[], after: string | null): void {
  for (const item of order) {
    if (!item.told && !block.includes(item) && block.some((member) => member.id === item.after)) item.after = after;
  }
}

/** Items that were waiting for this one move behind it. */
function follow(order: ItemOrder, id: string): boolean {
  const followers = order.filter((item) => item.awaits === id).map((item) => item.id);
  for (const follower of followers) stand(order, follower, id);
  return followers.length > 0;
}
