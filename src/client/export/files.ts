/** The call as a file to keep: plain text to read, JSON to work with. */
import type { CallState } from "../state/call-state.ts";
import { clock, saidText, speakerName } from "./transcript.ts";

/** When the call began for this page, Unix ms. */
export function startOf(state: CallState): number {
  return state.startedAt ?? state.rows[0]?.at ?? 0;
}

/** One line a row, with the time into the call. */
export function asText(state: CallState): string {
  const start = startOf(state);
  const lines = state.rows.map((row) => {
    const time = clock((row.at - start) / 1000);
    if (row.kind === "tool") return `[${time}] (${row.tool.label}: ${row.tool.summary || row.tool.state})`;
    if (row.kind === "transfer")
      return `[${time}] (Transferred to ${row.transfer.specialist}, ${row.transfer.department})`;
    if (row.state === "unclear") return `[${time}] ${speakerName(row, state.transfer)}: (not understood)`;
    const cut = row.state === "interrupted" ? " — interrupted" : "";
    return `[${time}] ${speakerName(row, state.transfer)}: ${saidText(row)}${cut}`;
  });
  const head = `${state.title || "Call with Luna"}, ${new Date(start).toISOString()}`;
  const tail = state.ended === null ? [] : ["", `Ended after ${clock(state.ended.seconds)}: ${state.ended.outcome}.`];
  return [head, "", ...lines, ...tail, ""].join("\n");
}

/** Everything the page knows of the call, without anything of how the page shows it. */
export function asJson(state: CallState): string {
  return JSON.stringify(asObject(state), null, 2);
}

export function asObject(state: CallState) {
  const rows = state.rows.map((row) => {
    if (row.kind === "tool") {
      const { call_id, name, label, state: outcome, summary, ms } = row.tool;
      return {
        kind: "tool",
        at: row.at,
        call_id,
        name,
        label,
        arguments: row.tool.arguments,
        state: outcome,
        summary,
        ms,
      };
    }
    if (row.kind === "transfer") {
      return { kind: "transfer", at: row.at, department: row.transfer.department, specialist: row.transfer.specialist };
    }
    const { who, how, text, at, latency } = row;
    return {
      kind: "turn",
      at,
      item_id: row.id,
      who,
      persona: row.persona ?? null,
      how,
      text,
      heard: saidText(row),
      state: row.state,
      latency_ms: latency?.ms ?? null,
      latency_to: latency?.to ?? null,
    };
  });
  return {
    call_id: state.callId,
    scenario: state.scenario,
    title: state.title,
    started_at: state.startedAt,
    mode: state.usedAi ? "ai" : "scripted",
    model: state.engine?.model ?? null,
    outcome: state.ended?.outcome ?? null,
    reason: state.ended?.reason ?? null,
    seconds: state.ended?.seconds ?? null,
    latency: state.ended?.latency ?? null,
    rows,
  };
}
