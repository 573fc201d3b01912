import path from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** Folders whose tests need the real runtime: objects, D1, sockets. */
const WORKERD = ["test/durable/**/*.test.ts", "test/routes/**/*.test.ts", "test/store/**/*.test.ts"];
/** Tests that drive a real Chromium against a running Luna. */
const BROWSER = ["test/e2e/**/*.test.ts"];
/** Of these, what speaks and listens in real time: a file at a time, with nothing else on the processor. */
const VOICE = ["voice", "ai", "barge-in", "asleep"].map((name) => `test/e2e/${name}.test.ts`);
/** Sleep and recordings in real time take a minute and a half more: with `LUNA_LONG=1`. */
const EVERY_RUN = VOICE.filter((file) => process.env.LUNA_LONG === "1" || !file.includes("asleep"));
const MINUTES = { testTimeout: 180_000, hookTimeout: 180_000 };

export default defineConfig(async () => {
  const migrations = await readD1Migrations(path.join(import.meta.dirname, "migrations"));
  return {
    test: {
      projects: [
        {
          test: {
            name: "pure",
            environment: "node",
            include: ["test/**/*.test.ts"],
            exclude: [...WORKERD, ...BROWSER],
          },
        },
        {
          plugins: [
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
          },
        },
        {
          test: {
            name: "browser",
            environment: "node",
            include: BROWSER,
            exclude: VOICE,
            maxWorkers: 2,
            ...MINUTES,
          },
        },
        { test: { name: "voice", environment: "node", include: EVERY_RUN, fileParallelism: false, ...MINUTES } },
      ],
    },
  };
});
