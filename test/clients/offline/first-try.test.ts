/** The programs of `docs/clients/README.md`, the very text, as somebody starts them who has pasted them into a file. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Luna, startLuna } from "../../support/luna.ts";

const ROOT = join(import.meta.dirname, "../../..");

let luna: Luna;
let home: string;
let readme: string;

beforeAll(async () => {
  readme = await readFile(join(ROOT, "docs/clients/README.md"), "utf8");
  home = await mkdtemp(join(tmpdir(), "luna-first-try-"));
  await symlink(join(ROOT, "node_modules"), join(home, "node_modules"));
  luna = await startLuna();
});
afterAll(async () => {
  await luna?.stop();
  await rm(home, { recursive: true, force: true });
});

/** The program under this heading, with the address of this Luna for the documented one. */
function programUnder(heading: string): string {
  const part = readme.split(/^## /m).find((one) => one.startsWith(heading)) ?? "";
  const program = /```js\n([\s\S]*?)```/.exec(part)?.[1];
  if (program === undefined) throw new Error(`no program under "${heading}"`);
  return program.replaceAll("localhost:8787", new URL(luna.url).host);
}

async function run(program: string): Promise<{ code: number | null; printed: string; errors: string }> {
  const file = join(home, "your-app.mjs");
  await writeFile(file, program);
  const env = { ...process.env, OPENAI_BASE_URL: `${luna.url}/v1`, OPENAI_API_KEY: "any" };
  const app = spawn(process.execPath, [file], { env, timeout: 60_000 });
  let printed = "";
  let errors = "";
  app.stdout.on("data", (bytes) => (printed += bytes));
  app.stderr.on("data", (bytes) => (errors += bytes));
  const [code] = (await once(app, "close")) as [number | null];
  return { code, printed, errors };
}

it.each(["The first try with `openai`", "The first try with the Agents SDK"])(
  "%s: Luna calls the program's own tool and tells what it gave, with no key",
  async (heading) => {
    const { code, printed, errors } = await run(programUnder(heading));
    expect(errors).toBe("");
    expect(printed).toBe("The get weather answer is: It is 4 degrees in Oslo.\n");
    expect(code).toBe(0);
  },
);

it("the Agents SDK with the stand-in: the model named in both places", async () => {
  const program = programUnder("The first try with the Agents SDK");
  const scripted = program.replace(`const model = "luna"`, `const model = "luna-scripted"`);
  expect(scripted).not.toBe(program);
  expect((await run(scripted)).printed).toContain("It is 4 degrees in Oslo.");
  const unnamed = await run(scripted.replace("model, config", "config"));
  expect(unnamed.errors).toContain("cannot_update_model");
});
