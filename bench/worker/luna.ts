/** Luna's Worker as it is deployed, with a bank that takes five seconds to look a caller up (profile `tool`). */
import { Bank as RealBank } from "../../src/durable/bank.ts";
import { TOOL } from "../tool.ts";

export { AuditTrail } from "../../src/durable/audit-trail.ts";
export { Call } from "../../src/durable/call.ts";
export { Switchboard } from "../../src/durable/switchboard.ts";
export { default } from "../../src/worker.ts";

export class Bank extends RealBank {
  override async identify(customer_id: string, last_4: string) {
    await scheduler.wait(TOOL.ms);
    return super.identify(customer_id, last_4);
  }
}
