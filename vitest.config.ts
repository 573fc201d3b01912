import path from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { bundled } from "./test/support/bundled.ts";

/**
 * Tests that need the real runtime: objects, D1, sockets. Each file has a runtime of its own to start, three seconds of processor:
 * what is rules and arithmetic runs in Node, as the bank does, and the files left out here.
 */
const WORKERD = [
  "test/durable/!(tracing).test.ts",
  "test/durable/call/!(seat|taken|within).test.ts",
  "test/routes/!(byte-range).test.ts",
  "test/store/**/*.test.ts",
  "test/access/{who,cloudflare-access}.test.ts",
];
/** Tests that drive a real Chromium against a running Luna. */
const BROWSER = ["test/e2e/**/*.test.ts", "test/clients/offline/**/*.test.ts"];
/** Of these, what speaks and listens in real time: a file at a time, with nothing else on the processor. */
const VOICE = ["voice", "ai", "barge-in", "webrtc", "asleep", "link-voice"].map((name) => `test/e2e/${name}.test.ts`);
/** Sleep and recordings in real time take a minute and a half more: with `LUNA_LONG=1`. */
const EVERY_RUN = VOICE.filter((file) => process.env.LUNA_LONG === "1" || !file.includes("asleep"));
const BUILD_ONCE = ["./test/support/build-once.ts"];
const MINUTES = { testTimeout: 180_000, hookTimeout: 180_000 };
/** A spoken call takes as long as it takes to say, and waits for its turn: what hangs has a limit of its own inside it. */
const SPOKEN = { testTimeout: 300_000, hookTimeout: 180_000 };

/** Files that take longest, in this order: a long one that begins last keeps all other workers waiting. */
const LONGEST = [
  "e2e/fallback",
  "e2e/resume",
  "e2e/host",
  "e2e/scenarios",
  "e2e/embed",
  "e2e/views",
  "durable/soak",
  "durable/bad-day",
];
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig(async () => {
  const migrations = await readD1Migrations(path.join(import.meta.dirname, "migrations"));
  return {
    test: {
      sequence: { sequencer: LongestFirst },
      projects: [
        {
          test: {
            name: "pure",
            environment: "node",
            include: ["test/**/*.test.ts"],
            exclude: [...WORKERD, ...BROWSER],
            setupFiles: ["./test/support/seeds.ts"],
            maxWorkers: 2,
            // Beside spoken calls and at a lower priority a property may take longer than the usual five seconds.
            testTimeout: 120_000,
          },
        },
        {
          plugins: [
            bundled(["@logtape/logtape", "hono", "hono/cookie", "jose", "ulid", "uqr", "zod"]),
            cloudflareTest({
              wrangler: { configPath: "./wrangler.toml" },
              miniflare: { bindings: { TEST_MIGRATIONS: migrations, LUNA_SOAK: process.env.LUNA_SOAK ?? "" } },
            }),
          ],
          test: {
            name: "workerd",
            include: WORKERD,
            setupFiles: ["./test/support/workerd/setup.ts"],
            testTimeout: 30_000,
            // Mostly they wait, for alarms and patience in real time, and each file has a runtime to start.
            maxWorkers: 3,
          },
        },
        {
          test: {
            name: "browser",
            environment: "node",
            include: BROWSER,
            exclude: VOICE,
            globalSetup: BUILD_ONCE,
            // Some files mostly wait for networks that are gone and providers that do not answer.
            maxWorkers: 3,
            ...MINUTES,
          },
        },
        {
          test: {
            name: "voice",
            environment: "node",
            include: EVERY_RUN,
            globalSetup: BUILD_ONCE,
            fileParallelism: false,
            ...SPOKEN,
          },
        },
      ],
    },
  };
});
