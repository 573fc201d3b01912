/** Setup times where they are read: between two marks of `docs/performance.md`. */
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import type { SetupResult } from "../profiles/setup.ts";

const BEGIN = "<!-- setup: begin -->";
const END = "<!-- setup: end -->";

const ms = (value: number) => value.toFixed(1);

function table(rows: SetupResult[], until: string): string[] {
  return [
    `| way in (until ${until}) | p10 ms | p50 ms | p95 ms | added p50 ms | added at best ms |`,
    "| --- | --- | --- | --- | --- | --- |",
    ...rows.map(
      ({ name, p10, p50, p95, added, addedAtBest }) =>
        `| ${name} | ${ms(p10)} | ${ms(p50)} | ${ms(p95)} | ${ms(added)} | ${ms(addedAtBest)} |`,
    ),
  ];
}

export interface SetupRun {
  sockets: SetupResult[];
  webrtc: SetupResult[];
  /** Counted dials of each way. */
  times: { sockets: number; webrtc: number };
  pinned: boolean;
}

/** @throws when the marks are not there. */
export async function writeSetup(root: string, run: SetupRun): Promise<void> {
  const file = join(root, "docs/performance.md");
  const text = await readFile(file, "utf8");
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/performance.md has no ${BEGIN} ... ${END}`);
  const machine = `${cpus().length} cores of ${cpus()[0]?.model.trim() ?? "an unknown processor"}`;
  const pinned = run.pinned ? "relay alone on core 0" : "not pinned";
  const lines = [
    BEGIN,
    "",
    `Taken ${new Date().toISOString().slice(0, 10)} on ${machine}, ${pinned}; ${run.times.sockets} dials of each way by WebSocket, ${run.times.webrtc} by WebRTC, in turns.`,
    "",
    ...table(run.sockets, "`session.created`, or the page's engine is ready"),
    "",
    ...table(run.webrtc, "the data channel is open"),
    "",
  ];
  await writeFile(file, text.slice(0, begin) + lines.join("\n") + text.slice(end));
}
