/** The `session.update` of every scenario: taken by the official SDK's types and by our strict reading, with exactly its tools. */
import type { RealtimeFunctionTool, SessionUpdateEvent } from "openai/resources/realtime/realtime";
import { describe, expect, it } from "vitest";
import { checkClientEvent } from "../../src/realtime/parse.ts";
import { sameSession, sessionConfig } from "../../src/realtime/session.ts";
import { functionTool } from "../../src/realtime/tool-schema.ts";
import { instructionsFor, SCENARIOS } from "../../src/scenarios/index.ts";
import { OTHERS } from "../../src/scenarios/personas/index.ts";
import type { Scenario } from "../../src/scenarios/scenario.ts";
import { toolSchemas } from "../../src/tools/registry.ts";

/** Part of every call: a look at the balance on the way, a person, the end. */
const EVERYWHERE = ["check_balance", "transfer_to_specialist", "end_call"];
const OWN: Record<string, string[]> = {
  "block-card": ["verify_identity", "block_card", "order_replacement"],
  "loan-balance": ["verify_identity", "check_loan_balance", "calculate_payoff"],
  dispute: ["verify_identity", "get_transaction_details", "file_dispute"],
  restructure: ["verify_identity", "get_account_details"],
  "reset-password": ["verify_identity", "send_reset_link", "unlock_account"],
  "activate-card": ["verify_identity", "activate_card", "enable_contactless"],
  "transfer-funds": ["verify_identity", "transfer_funds"],
  "credit-limit": ["verify_identity", "check_credit_score", "request_limit_increase"],
  "mortgage-rate": ["verify_identity", "get_mortgage_details", "check_rates"],
  "wire-transfer": ["verify_identity", "verify_recipient", "initiate_wire"],
};
/** Those who are not the bank's Luna. */
const THEIRS: Record<string, string[]> = {
  waiter: ["lookup_menu", "recommend_pairing", "switch_persona", "transfer_to_specialist", "end_call"],
  cfo: ["fetch_financials", "check_tax_rule", "switch_persona", "transfer_to_specialist", "end_call"],
};

/** Typed by the SDK: this file does not compile when a session of ours is not one of theirs. */
function updateOf(scenario: Scenario): SessionUpdateEvent {
  const tools = toolSchemas(scenario.tools).map((t) => functionTool(t.name, t.description, t.parameters));
  const session = sessionConfig({ instructions: instructionsFor(scenario), tools, modality: "audio" });
  return { type: "session.update", event_id: "luna_configure", session };
}

function toolsOf(event: SessionUpdateEvent): RealtimeFunctionTool[] {
  if (event.session.type !== "realtime") throw new Error("not a conversation");
  return (event.session.tools ?? []).map((tool) => {
    if (tool.type === "mcp") throw new Error("a tool that is not ours");
    return tool;
  });
}

const sorted = (names: Iterable<string | undefined>) => [...names].map(String).sort();
const scenarios = [...SCENARIOS, ...OTHERS].map((scenario) => [scenario.id, scenario] as const);

describe("the session of a scenario", () => {
  it("exists for the ten errands and the free call", () => {
    expect(sorted(SCENARIOS.map(({ id }) => id))).toEqual(sorted([...Object.keys(OWN), "freeform"]));
  });

  it.each(scenarios)("offers exactly its tools: %s", (id, scenario) => {
    const banking = new Set(Object.values(OWN).flat());
    if (THEIRS[id])
      return expect(sorted(toolsOf(updateOf(scenario)).map(({ name }) => name))).toEqual(sorted(THEIRS[id]));
    const expected = OWN[id] ? [...OWN[id], ...EVERYWHERE] : [...banking, ...EVERYWHERE, "switch_persona"];
    expect(sorted(toolsOf(updateOf(scenario)).map(({ name }) => name))).toEqual(sorted(expected));
  });

  it.each(scenarios)("is taken by a strict server as it is: %s", (_, scenario) => {
    const event = updateOf(scenario);
    expect(checkClientEvent(event)).toEqual({ ok: true, event });
    const parsed = checkClientEvent(JSON.parse(JSON.stringify(event)));
    if (!parsed.ok || parsed.event.type !== "session.update" || parsed.event.session.type !== "realtime") {
      throw new Error("no session came back");
    }
    expect(sameSession(parsed.event.session, { ...parsed.event.session, id: "sess_1" })).toEqual({ ok: true });
  });

  it.each(scenarios)("describes every tool and closes its arguments: %s", (_, scenario) => {
    for (const tool of toolsOf(updateOf(scenario))) {
      expect(Object.keys(tool).sort()).toEqual(["description", "name", "parameters", "type"]);
      expect(tool.description?.length, tool.name).toBeGreaterThan(20);
      expect(tool.parameters, tool.name).toMatchObject({ type: "object", additionalProperties: false });
      expect(JSON.stringify(tool.parameters)).not.toMatch(/\$schema|\$ref/);
    }
  });

  it.each(scenarios)("fits the 16,384 tokens that instructions and tools may take together: %s", (_, scenario) => {
    const { session } = updateOf(scenario);
    // English and JSON take three to four characters a token; three is the careful side.
    expect(JSON.stringify(session).length / 3).toBeLessThan(16_384);
  });
});
