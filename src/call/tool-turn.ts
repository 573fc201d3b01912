/**
 * Tools of one response: each call is run once for the whole call, its output goes back as soon as it is there, and exactly
 * one answer is asked for after the response is over and the last output is in. The server does nothing by itself after an output.
 */
import type { ResponseDone } from "../realtime/events.ts";
import { startFarewell } from "./farewell.ts";
import { ask } from "./gate.ts";
import { type Moment, nextId, send } from "./moment.ts";
import { awaitsVoice, callerOf, changePersona } from "./persona.ts";
import type { Input, ToolCall } from "./state.ts";
import {
  type CalledTool,
  type CallingResponse,
  callingResponse,
  MOST_ARGUMENT_CHARS,
  TOOL_LOST_MS,
} from "./tool-calls.ts";

/** A function call is complete. Runs it, unless a call with this id has been seen before. */
export function functionCalled(moment: Moment, made: Omit<ToolCall, "persona">): void {
  const { tools, engine } = moment.state;
  const known = tools.calls.find(({ call_id }) => call_id === made.call_id);
  if (known !== undefined) return calledAgain(moment, known, made);
  const persona = callerOf(moment.state, made.response_id);
  const call = { ...made, arguments: made.arguments.slice(0, MOST_ARGUMENT_CHARS), persona };
  tools.calls.push({ ...call, engine: engine.number, at: moment.now, output: null, run: null, output_item_id: null });
  callingResponse(tools, call.response_id).call_ids.push(call.call_id);
  moment.commands.push({ do: "run", call });
}

/** The same item said twice is one call. A new item under an old id waits for an output of its own: it gets what there is. */
function calledAgain(moment: Moment, known: CalledTool, { item_id, response_id }: Omit<ToolCall, "persona">): void {
  const { tools, engine } = moment.state;
  if (item_id === known.item_id || response_id === known.response_id) return;
  Object.assign(known, { item_id, response_id, engine: engine.number });
  callingResponse(tools, response_id).call_ids.push(known.call_id);
  giveOutput(moment, known);
}

/** A tool has finished. */
export function toolDone(moment: Moment, input: Extract<Input, { from: "tool" }>): void {
  const { tools } = moment.state;
  const call = tools.calls.find((known) => known.call_id === input.call_id);
  if (call === undefined || call.output !== null) return;
  call.run = input.run;
  callingResponse(tools, call.response_id).next ??= input.then ?? null;
  outputIn(moment, call, input.output, input.persona);
}

/** @param persona who answers from here on; void when somebody else has been chosen since the call was made. */
function outputIn(moment: Moment, call: CalledTool, output: string, persona?: string): void {
  call.output = output;
  giveOutput(moment, call);
  if (persona !== undefined && call.persona === moment.state.persona.key) changePersona(moment, persona, "model");
  answer(moment, callingResponse(moment.state.tools, call.response_id));
}

/** What the engine is told of a tool that never came back: nobody knows whether it did its work. */
export const LOST = JSON.stringify({
  ok: false,
  code: "unavailable",
  say: "That took too long, and I cannot be sure that it went through.",
});

export function toolsOverdue(moment: Moment): void {
  for (const call of moment.state.tools.calls) {
    if (call.output === null && moment.now >= call.at + TOOL_LOST_MS) outputIn(moment, call, LOST);
  }
}

/** Tells the engine the output. An engine that did not make the call itself is told the call as well. */
export function giveOutput(moment: Moment, call: CalledTool): void {
  const { state } = moment;
  if (call.output === null) return;
  if (!state.engine.ready) {
    state.unsent_outputs.push(call.call_id);
    return;
  }
  const { call_id, output } = call;
  if (call.engine !== state.engine.number) {
    const { item_id: id, name, arguments: args } = call;
    send(moment, {
      type: "conversation.item.create",
      item: { id, type: "function_call", call_id, name, arguments: args, status: "completed" },
    });
    call.engine = state.engine.number;
  }
  const id = nextId(state, "luna_out");
  call.output_item_id = id;
  send(moment, { type: "conversation.item.create", item: { id, type: "function_call_output", call_id, output } });
}

/** A response is over. Its calls are complete from here on, however it ended. */
export function callingResponseDone(moment: Moment, response: ResponseDone["response"]): void {
  const known = moment.state.tools.responses.find((other) => other.response_id === response.id);
  if (known === undefined || known.done) return;
  known.done = true;
  known.cancelled = response.status === "cancelled";
  answer(moment, known);
}

/** After the response and its last output, whichever comes last: so it happens once. Whoever cut the response off has something to say first. */
function answer(moment: Moment, response: CallingResponse): void {
  if (!response.done) return;
  const { tools } = moment.state;
  const calls = tools.calls.filter((call) => call.response_id === response.response_id);
  if (calls.some((call) => call.output === null)) return;
  if (response.next !== null) startFarewell(moment, response.next, response);
  else if (!response.cancelled && !awaitsVoice(moment.state))
    ask(moment, { waits: calls.flatMap((call) => call.output_item_id ?? []) });
}

/** The engine is gone: its responses are over; tools go on running and their outputs go to the next engine. */
export function callingEngineLost(moment: Moment): void {
  for (const response of moment.state.tools.responses) {
    if (response.done) continue;
    response.done = true;
    answer(moment, response);
  }
}
