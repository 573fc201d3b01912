import { describe, expect, test } from "vitest";
import { outcomeOf } from "../../src/call/machine.ts";
import { solves } from "../../src/call/outcome.ts";
import { call, Line, run, server } from "./events.ts";

function afterTool(name: string, state: "done" | "refused" | "failed" = "done", then?: "transfer"): Line {
  const line = new Line({ text: true });
  line.engine(server.created("r1"), server.outputDone("r1", call("c1", name)), server.done("r1"));
  line.take({ from: "tool", call_id: "c1", output: "{}", run: run("c1", name, state), then });
  return line;
}

describe("the outcome of a call", () => {
  test("is contained when something was solved, however it ended", () => {
    expect(outcomeOf(afterTool("block_card").state, "caller_ended")).toBe("contained");
    expect(outcomeOf(afterTool("check_balance").state, "caller_left")).toBe("contained");
    expect(outcomeOf(afterTool("check_balance").state, "failed")).toBe("contained");
  });

  test("is abandoned when the caller left with nothing done", () => {
    expect(outcomeOf(new Line().state, "caller_left")).toBe("abandoned");
    expect(outcomeOf(afterTool("verify_identity").state, "caller_ended")).toBe("abandoned");
    expect(outcomeOf(afterTool("block_card", "refused").state, "caller_ended")).toBe("abandoned");
  });

  test("is failed when the call broke with nothing done", () => {
    expect(outcomeOf(afterTool("block_card", "failed").state, "failed")).toBe("failed");
  });

  test("is escalated as soon as the specialist was called for", () => {
    const line = afterTool("transfer_to_specialist", "done", "transfer");
    expect(outcomeOf(line.state, "caller_left")).toBe("escalated");
    line.wait(13_000);
    expect(line.state.escalated).toBe(true);
    expect(outcomeOf(line.state, "caller_ended")).toBe("escalated");
  });

  test("counts no step on the way as a solution", () => {
    for (const name of ["verify_identity", "verify_recipient", "transfer_to_specialist", "end_call"]) {
      expect(solves({ name, state: "done" })).toBe(false);
    }
  });
});
