/** Time, without waiting for it. */
import { listDurableObjectIds, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** All calls do now what they would do at their alarm: D1 has then what it would have within a minute. */
export async function ringCalls(): Promise<void> {
  const ids = await listDurableObjectIds(env.CALLS);
  await Promise.all(ids.map((id) => runDurableObjectAlarm(env.CALLS.get(id))));
}
