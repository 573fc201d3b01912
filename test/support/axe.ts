/** Faults that keep somebody out, found by axe. */
import { AxeBuilder } from "@axe-core/playwright";
import type { LunaPage } from "./page.ts";

/** Serious and critical faults of the view on screen, one line each; empty is good. */
export async function barriers(luna: LunaPage): Promise<string[]> {
  const found = await new AxeBuilder({ page: luna.page }).options({ resultTypes: ["violations"] }).analyze();
  return found.violations
    .filter((fault) => fault.impact === "serious" || fault.impact === "critical")
    .flatMap((fault) =>
      fault.nodes.map(
        (node) =>
          `${fault.impact} ${fault.id}: ${fault.help} at ${node.target.join(" ")} ${node.any[0]?.message ?? ""}`,
      ),
    );
}
