/** Everything that is kept anywhere, as one text: what was deleted, or never should have been there, is looked for in it. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** All rows of all tables of D1, the full text among them. */
export async function keptInD1(): Promise<string> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
  ).all<{ name: string }>();
  const tables = await Promise.all(
    results.map(
      async ({ name }) => `${name} ${asText((await env.DB.prepare(`SELECT * FROM "${name}"`).all()).results)}`,
    ),
  );
  return tables.join("\n");
}

/** Keys and bytes of R2. */
export async function keptInR2(): Promise<string> {
  const { objects } = await env.RECORDINGS.list();
  const bodies = objects.map(async ({ key }) => `${key} ${await (await env.RECORDINGS.get(key))?.text()}`);
  return (await Promise.all(bodies)).join("\n");
}

/** All that the object of a call has on its disk. */
export function keptByCall(id: string): Promise<string> {
  return runInDurableObject(env.CALLS.getByName(id), (_, { storage }) => diskOf(storage));
}

/** All that the bank of a visitor has on its disk. */
export function keptByBank(visitor: string): Promise<string> {
  return runInDurableObject(env.BANKS.getByName(visitor), (_, { storage }) => diskOf(storage));
}

function diskOf(storage: DurableObjectStorage): string {
  const tables = storage.sql
    .exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
    )
    .toArray();
  const rows = tables.map(({ name }) => `${name} ${asText(storage.sql.exec(`SELECT * FROM "${name}"`).toArray())}`);
  return [...rows, asText([...storage.kv.list()])].join("\n");
}

/** Bytes as text, so that words in them are found. */
function asText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof ArrayBuffer) return new TextDecoder("latin1").decode(part);
    if (ArrayBuffer.isView(part)) return new TextDecoder("latin1").decode(part);
    if (Array.isArray(part) && part.length > 0 && part.every((byte) => typeof byte === "number")) {
      return new TextDecoder("latin1").decode(Uint8Array.from(part as number[]));
    }
    return part;
  });
}
