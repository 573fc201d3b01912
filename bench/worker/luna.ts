/**
 * Luna's Worker as it is deployed, with a bank that takes five seconds to look a caller up (profile `tool`), and callers who may
 * speak twenty times as fast (profile `hour`): each frame is counted as everywhere, at a twentieth of its length.
 */
import { Bank as RealBank } from "../../src/durable/bank.ts";
import { SoundPace } from "../../src/legs/pace.ts";
import { TIMES_FASTER } from "../tempo.ts";
import { TOOL } from "../tool.ts";

export { Call } from "../../src/durable/call.ts";
export { default } from "../../src/worker.ts";

const { take } = SoundPace.prototype;
SoundPace.prototype.take = function (bytes, now) {
  return take.call(this, bytes / TIMES_FASTER, now);
};

export class Bank extends RealBank {
  override async identify(customer_id: string, last_4: string) {
    await scheduler.wait(TOOL.ms);
    return super.identify(customer_id, last_4);
  }
}
