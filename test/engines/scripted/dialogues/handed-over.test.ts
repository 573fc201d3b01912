/** Who takes over a call knows what was done in it, and makes nothing up. */
import { describe, expect, it } from "vitest";
import type { NewItem } from "../../../../src/realtime/events.ts";
import { handedOver } from "../talking.ts";

function said(text: string): NewItem {
  return { type: "message", role: "user", content: [{ type: "input_text", text }] } as NewItem;
}
function used(name: string, args: object, output: object): NewItem[] {
  const call_id = `call_${name}`;
  return [
    { type: "function_call", call_id, name, arguments: JSON.stringify(args) } as NewItem,
    { type: "function_call_output", call_id, output: JSON.stringify(output) } as NewItem,
  ];
}
const HUMAN = used(
  "transfer_to_specialist",
  { reason: "A person is wanted.", department: "general" },
  { ok: true, say: "" },
);

describe("the specialist of a call about anything", () => {
  it("speaks of no payment where there was none", async () => {
    const talking = await handedOver("freeform", [said("a human please"), ...HUMAN]);
    expect(talking.said.join(" ")).toMatch(/Ines Calloway.*What can I do for you/);
    for (const text of ["hello?", "what is my balance?"]) {
      await talking.hear(text);
      expect(talking.said.join(" ")).not.toMatch(/payment|signature/);
    }
    expect(talking.said.join(" ")).toMatch(/right colleague will get back/);
  });

  it.each(["I want Luna back", "put me back to Luna please", "I don't want a human", "I wanted the assistant"])(
    "says what is possible to who wants Luna: %s",
    async (text) => {
      const talking = await handedOver("freeform", [said("a human please"), ...HUMAN]);
      await talking.hear(text);
      expect(talking.said.join(" ")).toMatch(/can't hand this call back to Luna.*call again/);
    },
  );

  it("speaks of the payment where there was one", async () => {
    const refused = { ok: false, code: "needs_specialist", say: "That is for a specialist." };
    const past = [...used("transfer_funds", { amount: 11_000, from: "checking", to: "savings" }, refused), ...HUMAN];
    const talking = await handedOver("freeform", [said("move eleven thousand to savings"), ...past]);
    expect(talking.said.join(" ")).toMatch(/larger payments/);
  });
});

describe("the colleague of the restaurant", () => {
  it("does not know the guest's name, and calls nobody Our", async () => {
    const talking = await handedOver("waiter", [said("let me talk to the manager"), ...HUMAN]);
    expect(talking.said.join(" ")).toMatch(/^Hello, this is Marguerite Vale/);
    await talking.hear("No, thanks, goodbye");
    expect(talking.said.join(" ")).toMatch(/You're welcome\. /);
  });
});
