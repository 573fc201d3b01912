/**
 * Luna's Worker as it is deployed, in a time that passes five times as fast (profile `hour`): clock, timers and alarms. Sound
 * that came faster than the clock would not be sound of now, and the tape of a recording would keep what it takes for the future.
 */
import "./fast-clock.ts";
import { Bank as RealBank } from "../../src/durable/bank.ts";
import { Call as RealCall } from "../../src/durable/call.ts";
import type { Bindings } from "../../src/env.ts";
import { alarmsOf } from "./fast-clock.ts";

export { AuditTrail } from "../../src/durable/audit-trail.ts";
export { Switchboard } from "../../src/durable/switchboard.ts";
export { default } from "../../src/worker.ts";

export class Call extends RealCall {
  constructor(ctx: DurableObjectState, env: Bindings) {
    alarmsOf(ctx.storage);
    super(ctx, env);
  }
}

export class Bank extends RealBank {
  constructor(ctx: DurableObjectState, env: Bindings) {
    alarmsOf(ctx.storage);
    super(ctx, env);
  }
}
