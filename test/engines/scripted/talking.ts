/**
 * Conversations as tests. A dialogue is a list of lines: what the caller says, what Luna must say to it, which tools must have
 * been asked. Behind it: the scripted server, the real tools and policy, and the real bank over an in-memory database.
 */
import { expect, it } from "vitest";
import type { Brain } from "../../../src/engines/scripted/brain.ts";
import { pickBrain, specialistBrain } from "../../../src/engines/scripted/brains.ts";
import { ScriptedServer } from "../../../src/engines/scripted/server.ts";
import type { ClientEvent, FunctionCall, Item, NewItem, ServerEvent } from "../../../src/realtime/events.ts";
import { scenarioById } from "../../../src/scenarios/index.ts";
import type { Scenario } from "../../../src/scenarios/scenario.ts";
import { type Desk, openDesk } from "./desk.ts";

export type Line =
  | { who: "caller"; text: string }
  | { who: "silence" }
  | { who: "luna"; says: (string | RegExp)[] }
  | { who: "luna"; never: (string | RegExp)[] }
  | { who: "tool"; name: string; arguments: Record<string, unknown> | undefined; ok: boolean | undefined }
  | { who: "no tool"; names: string[] }
  | { who: "bank"; look: (desk: Desk) => unknown };

/** The caller says this; Luna answers and runs what she needs. */
export const caller = (text: string): Line => ({ who: "caller", text });
/** The caller says nothing for a while. */
export const silence: Line = { who: "silence" };
/** Since the caller's last line, Luna has said all of these. */
export const luna = (...says: (string | RegExp)[]): Line => ({ who: "luna", says });
/** Since the caller's last line, Luna has said none of these. */
export const lunaNever = (...never: (string | RegExp)[]): Line => ({ who: "luna", never });
/** Since the caller's last line this tool was asked, with at least these arguments, and answered so. */
export const tool = (name: string, args?: Record<string, unknown>, ok?: boolean): Line => ({
  who: "tool",
  name,
  arguments: args,
  ok,
});
/** Since the caller's last line none of these tools was asked; without names, none at all. */
export const noTool = (...names: string[]): Line => ({ who: "no tool", names });
/** A look into the bank's books. */
export const bank = (look: (desk: Desk) => unknown): Line => ({ who: "bank", look });

interface Ran {
  name: string;
  arguments: Record<string, unknown>;
  ok: boolean;
  output: Record<string, unknown>;
}

/** A scripted call: what a call object does around an engine, in a few lines. */
export class Talking {
  readonly desk: Desk;
  readonly scenario: Scenario;
  readonly script: string[] = [];
  said: string[] = [];
  ran: Ran[] = [];
  then: "end" | "transfer" | undefined;
  events: ServerEvent[] = [];
  /** The engine is lost before every line of the caller, and a new one is told what was said. */
  fragile = false;
  #server: ScriptedServer;
  #items: Item[] = [];
  #order = 0;
  #calls: FunctionCall[] = [];
  #ids = 0;

  constructor(scenario: Scenario, desk: Desk, brain: Brain = pickBrain(scenario)) {
    this.scenario = scenario;
    this.desk = desk;
    this.#server = this.#serve(brain);
    this.#configure();
  }

  #serve(brain: Brain): ScriptedServer {
    return new ScriptedServer({
      emit: (event) => this.#on(event),
      brain,
      id: (prefix) => `${prefix}_${++this.#ids}`,
      now: () => this.desk.now(),
      model: "luna-scripted",
    });
  }

  #configure(): void {
    const tools = this.scenario.tools.map((name) => ({ type: "function" as const, name }));
    this.send({ type: "session.update", session: { type: "realtime", output_modalities: ["text"], tools } });
  }

  #lose(): void {
    const past = this.#items;
    this.#items = [];
    this.#server = this.#serve(pickBrain(this.scenario));
    this.#configure();
    this.seed(past as NewItem[]);
  }

  send(event: ClientEvent): void {
    this.#server.receive(event);
  }

  /** Restores items of an earlier call, without an answer. */
  seed(items: NewItem[]): void {
    for (const item of items) this.send({ type: "conversation.item.create", item });
  }

  async hear(text: string): Promise<void> {
    this.#reset();
    if (this.fragile) this.#lose();
    this.script.push(`  caller: ${text}`);
    this.desk.turn("caller", text, ++this.#order);
    this.send({
      type: "conversation.item.create",
      item: { type: "message", role: "user", content: [{ type: "input_text", text }] },
    });
    await this.respond();
  }

  async respond(metadata?: Record<string, string>): Promise<void> {
    this.send({ type: "response.create", response: metadata ? { metadata } : {} });
    for (let round = 0; this.#calls.length > 0; round++) {
      if (round > 8) throw new Error(`Luna does not stop calling tools:\n${this.script.join("\n")}`);
      const calls = this.#calls;
      this.#calls = [];
      const spoke = this.said.length;
      for (const call of calls) await this.#run(call);
      // The goodbye or the hand-over was said in the same answer: nothing more is asked for.
      if (this.then && spoke > 0) return;
      this.send({ type: "response.create" });
    }
  }

  quiet(): Promise<void> {
    this.#reset();
    this.script.push("  (silence)");
    return this.respond({ luna: "silence" });
  }

  #reset(): void {
    this.said = [];
    this.ran = [];
  }

  async #run(call: FunctionCall): Promise<void> {
    const answer = await this.desk.run(call, this.scenario.tools, this.#order);
    const output = JSON.parse(answer.output) as Record<string, unknown>;
    const args = JSON.parse(call.arguments) as Record<string, unknown>;
    this.ran.push({ name: call.name, arguments: args, ok: answer.ok, output });
    this.script.push(`    [${call.name} ${call.arguments} -> ${answer.output.slice(0, 160)}]`);
    this.then ??= answer.then;
    this.send({
      type: "conversation.item.create",
      item: { type: "function_call_output", call_id: call.call_id, output: answer.output },
    });
  }

  #on(event: ServerEvent): void {
    this.events.push(event);
    if (event.type === "conversation.item.done") this.#items.push(event.item);
    if (event.type === "error") throw new Error(`The server refused: ${event.error.message}`);
    if (event.type === "response.output_text.done") {
      this.said.push(event.text);
      this.script.push(`  luna:   ${event.text}`);
      this.desk.turn("luna", event.text, ++this.#order);
    }
    if (event.type === "response.output_item.done" && event.item.type === "function_call") this.#calls.push(event.item);
  }
}

/** Starts a call of a scenario; Luna has greeted. */
export async function dial(id: string): Promise<Talking> {
  const scenario = scenarioById(id);
  if (!scenario) throw new Error(`There is no scenario ${id}.`);
  const talking = new Talking(scenario, openDesk());
  await talking.respond();
  return talking;
}

/** The same call with the specialist, after the hand-over. */
export async function handedOver(id: string, past: NewItem[]): Promise<Talking> {
  const scenario = scenarioById(id);
  if (!scenario) throw new Error(`There is no scenario ${id}.`);
  const talking = new Talking(scenario, openDesk(), specialistBrain(scenario));
  talking.seed(past);
  await talking.respond();
  return talking;
}

/** Plays the lines one by one; a line that does not hold fails with the whole conversation so far. */
export async function play(talking: Talking, lines: Line[]): Promise<void> {
  for (const line of lines) {
    try {
      await playLine(talking, line);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`${message}\n\n${talking.script.join("\n")}\n`);
    }
  }
}

async function playLine(talking: Talking, line: Line): Promise<void> {
  if (line.who === "caller") return talking.hear(line.text);
  if (line.who === "silence") return talking.quiet();
  if (line.who === "bank") {
    await line.look(talking.desk);
    return;
  }
  const said = talking.said.join(" ");
  if (line.who === "luna") {
    for (const words of "says" in line ? line.says : []) expect(said).toMatch(words);
    for (const words of "never" in line ? line.never : []) expect(said).not.toMatch(words);
    return;
  }
  const names = talking.ran.map((ran) => ran.name);
  if (line.who === "no tool") {
    if (line.names.length === 0) expect(names).toEqual([]);
    for (const name of line.names) expect(names).not.toContain(name);
    return;
  }
  expect(names).toContain(line.name);
  const fits = talking.ran.filter((ran) => ran.name === line.name);
  if (line.arguments) expect(fits.map((ran) => ran.arguments)).toContainEqual(expect.objectContaining(line.arguments));
  if (line.ok !== undefined) expect(fits.map((ran) => ran.ok)).toContain(line.ok);
}

/** A dialogue as a test of its own. */
export function dialogue(title: string, scenario: string, lines: Line[]): void {
  it(title, async () => {
    await play(await dial(scenario), lines);
  });
}

/** A dialogue that has to go the same way when the engine is lost before every line of the caller. */
export function robustDialogue(title: string, scenario: string, lines: Line[]): void {
  dialogue(title, scenario, lines);
  it(`${title} (the engine is lost before every line)`, async () => {
    const talking = await dial(scenario);
    talking.fragile = true;
    await play(talking, lines);
  });
}
