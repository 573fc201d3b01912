import type { D1Migration } from "cloudflare:test";
import type { Bindings } from "../../../src/env.ts";

declare global {
  namespace Cloudflare {
    interface Env extends Bindings {
      TEST_MIGRATIONS: D1Migration[];
      /** How many calls the soak makes; "" as many as fit in a minute. */
      LUNA_SOAK: string;
    }
    interface GlobalProps {
      mainModule: typeof import("../../../src/worker.ts");
      durableNamespaces: "Call" | "Bank" | "AuditTrail" | "Switchboard";
    }
  }
}
