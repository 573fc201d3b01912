/** An account without R2: nothing is recorded, and nothing else is missing. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { Deployed } from "../../src/env.ts";
import { withBucket } from "../../src/store/no-recordings.ts";
import { forgetCallsBefore } from "../../src/store/retention.ts";
import worker from "../../src/worker.ts";

const { RECORDINGS: _, ...rest } = env;
const poor: Deployed = rest;

describe("without R2", () => {
  test("the bucket is empty and takes nothing", async () => {
    const { RECORDINGS: bucket } = withBucket(poor);
    expect(await bucket.head("recordings/x.pcm")).toBeNull();
    expect(await bucket.get("recordings/x.pcm")).toBeNull();
    await expect(bucket.delete("recordings/x.pcm")).resolves.toBeUndefined();
    await expect(bucket.put("recordings/x.pcm", "sound")).rejects.toThrow(/no R2/);
    expect(() => bucket.resumeMultipartUpload("recordings/x.pcm", "1")).toThrow(/no R2/);
  });

  test("a bucket that is there is used as it is", () => {
    expect(withBucket(env)).toBe(env);
  });

  test("the night still deletes old calls", async () => {
    const { DB: db, RECORDINGS: bucket } = withBucket(poor);
    expect(await forgetCallsBefore({ db, bucket }, Date.now())).toMatchObject({ recordings: 0 });
  });

  test("a recording that was asked for is not found, like any other", async () => {
    const request = new Request("http://localhost/api/calls/01M7Z06TGS3FFWWK9ZH1BYSESP/recording", {
      headers: { cookie: `luna_visitor=${"a".repeat(32)}` },
    });
    const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };
    const response = await worker.fetch(request, poor, context as unknown as ExecutionContext);
    expect(response.status).toBe(404);
  });
});
