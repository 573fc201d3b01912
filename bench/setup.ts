/** `npm run bench:setup -- [--times 200]`: what each way in adds to dial-to-`session.created`, on loopback, on this machine, now. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleWorkers } from "./bundle.ts";
import { pinBench } from "./process.ts";
import { setup } from "./profiles/setup.ts";

const { values: given } = parseArgs({ options: { times: { type: "string" } } });
const pinned = pinBench();
const folder = await mkdtemp(join(tmpdir(), "luna-setup-"));
try {
  await bundleWorkers(folder);
  const results = await setup(Number(given.times ?? 200), folder);
  console.log(`dial to session.created, ms${pinned ? "" : " (not pinned)"}`);
  const ms = (value: number) => value.toFixed(2).padStart(7);
  for (const { name, p10, p50, p95, added, addedAtBest } of results) {
    const figures = `p10${ms(p10)}  p50${ms(p50)}  p95${ms(p95)}  added${ms(added)}  at best${ms(addedAtBest)}`;
    console.log(`${name.padEnd(8)}${figures}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);
