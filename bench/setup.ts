/**
 * `npm run bench:setup -- [--times 200] [--calls 20] [--write]`: what each way in adds to the setup of a call, on loopback, on this
 * machine, now; with `--write` also into `docs/performance.md`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleWorkers } from "./bundle.ts";
import { pinBench } from "./process.ts";
import { type SetupResult, setup } from "./profiles/setup.ts";
import { setupByWebRtc } from "./profiles/setup-webrtc.ts";
import { writeSetup } from "./report/setup.ts";

const { values: given } = parseArgs({
  options: { times: { type: "string" }, calls: { type: "string" }, write: { type: "boolean" } },
});
const times = { sockets: Number(given.times ?? 200), webrtc: Number(given.calls ?? 20) };
const pinned = pinBench();
const folder = await mkdtemp(join(tmpdir(), "luna-setup-"));

function print(title: string, results: SetupResult[]): void {
  console.log(`${title}, ms${pinned ? "" : " (not pinned)"}`);
  const ms = (value: number) => value.toFixed(2).padStart(7);
  for (const { name, p10, p50, p95, added, addedAtBest } of results) {
    const figures = `p10${ms(p10)}  p50${ms(p50)}  p95${ms(p95)}  added${ms(added)}  at best${ms(addedAtBest)}`;
    console.log(`${name.padEnd(52)}${figures}`);
  }
}

try {
  await bundleWorkers(folder);
  const sockets = await setup(times.sockets, folder);
  print("dial to session.created", sockets);
  const webrtc = await setupByWebRtc(times.webrtc, folder);
  print("offer to open data channel", webrtc);
  if (given.write) await writeSetup(join(import.meta.dirname, ".."), { sockets, webrtc, times, pinned });
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);
