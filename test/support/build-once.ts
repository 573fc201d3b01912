/**
 * Before the first browser test of a run: builds the page, and says so to every `wrangler dev` that is started afterwards. Without this
 * each of twenty servers would build it again, which takes longer than most of what they are started for.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** @throws with the build's own words when it fails. */
export default function buildOnce(): void {
  if (process.env.LUNA_BUILT === "1") return;
  const script = join(import.meta.dirname, "../../scripts/build.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  if (status !== 0) throw new Error(`The page could not be built:\n${stdout}${stderr}`);
  process.env.LUNA_BUILT = "1";
}
