/**
 * LiveKit's OpenAI plugin, unmodified, against a running Luna: two turns and a tool of its own. Not part of `npm test`, because
 * the packages weigh 300 MB.
 *
 *     npm start                                              # in the project
 *     cp -r docs/clients/livekit .. && cd ../livekit && npm install   # outside the project
 *     node talk.mjs http://localhost:8787/v1                 # prints OK
 */
import { initializeLogger, llm } from "@livekit/agents";
import { realtime } from "@livekit/agents-plugin-openai";

initializeLogger({ pretty: false, level: "warn" });
const baseURL = process.argv[2] ?? "http://localhost:8787/v1";

const model = new realtime.RealtimeModel({
  baseURL,
  apiKey: "any-key",
  model: "gpt-realtime-2.1",
  modalities: ["text"],
});
const session = model.session();
const errors = [];
session.on("error", ({ error }) => errors.push(error));

const getWeather = llm.tool({
  name: "get_weather",
  description: "Tells the weather in a city.",
  parameters: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
  execute: async ({ city }) => `It is 21 degrees in ${city}.`,
});

await session.updateInstructions("Be brief.");
await session.updateTools(new llm.ToolContext([getWeather]));

async function say(text) {
  const context = session.chatCtx.copy();
  context.addMessage({ role: "user", content: text });
  await session.updateChatCtx(context);
}

/** The next answer: its words, and the functions it calls. */
async function answer() {
  const generation = await session.generateReply();
  const words = (async () => {
    let all = "";
    for await (const message of generation.messageStream) for await (const piece of message.textStream) all += piece;
    return all;
  })();
  const calls = (async () => {
    const all = [];
    for await (const call of generation.functionStream) all.push(call);
    return all;
  })();
  return { words: await words, calls: await calls };
}

function expect(what, holds) {
  if (!holds) throw new Error(`not so: ${what}`);
  process.stdout.write(`  ${what}\n`);
}

await say("Say exactly: the lamp is green");
const first = await answer();
expect(`it says what it was told: "${first.words}"`, /lamp is green/i.test(first.words));

await say("What is the weather in Lisbon?");
const second = await answer();
const [call] = second.calls;
expect(`it calls the tool: ${call?.name} ${call?.args}`, call?.name === "get_weather");
const output = await getWeather.execute(JSON.parse(call.args), {});
const context = session.chatCtx.copy();
context.insert(llm.FunctionCallOutput.create({ callId: call.callId, name: call.name, output, isError: false }));
await session.updateChatCtx(context);
const third = await answer();
expect(`it tells what the tool gave: "${third.words}"`, third.words.includes("21"));

await say("Say exactly: good night");
const last = await answer();
expect(`it goes on: "${last.words}"`, /good night/i.test(last.words));
expect("no errors", errors.length === 0);
process.stdout.write("OK\n");
await session.close();
process.exit(0);
