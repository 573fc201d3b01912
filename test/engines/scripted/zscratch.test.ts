import { readFileSync } from "node:fs";
import { it } from "vitest";
import { dial } from "./talking.ts";

for (const block of readFileSync("/tmp/talks.txt", "utf8").split("\n\n")) {
  const [id, ...lines] = block.trim().split("\n");
  if (!id) continue;
  it(id, async () => {
    const t = await dial(id);
    try {
      for (const line of lines) {
        if (t.then) break;
        if (line === "...") await t.quiet();
        else await t.hear(line);
      }
    } catch (e) {
      t.script.push("!!! " + String(e));
    }
    console.log(`== ${id}\n${t.script.join("\n")}\n   (${t.then ?? "open"})\n`);
  });
}
