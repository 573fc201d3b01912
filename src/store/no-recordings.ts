/**
 * A Luna that was deployed to an account without R2: no call is recorded, and whoever looks for a recording finds none. The
 * deploy leaves the binding out (`scripts/deploy.ts`), so that a missing switch in the account costs recordings and nothing else.
 */
import type { Bindings, Deployed } from "../env.ts";

const refused = (): never => {
  throw new Error("There is no R2 bucket in this deployment.");
};

/** Holds nothing and takes nothing. */
const NOWHERE: R2Bucket = {
  head: async () => null,
  get: async () => null,
  list: async () => ({ objects: [], delimitedPrefixes: [], truncated: false }),
  delete: async () => undefined,
  put: async () => refused(),
  createMultipartUpload: async () => refused(),
  resumeMultipartUpload: refused,
};

/** The bindings, with an empty bucket where there is none. */
export function withBucket(env: Deployed): Bindings {
  return hasBucket(env) ? env : { ...env, RECORDINGS: NOWHERE };
}

function hasBucket(env: Deployed): env is Bindings {
  return env.RECORDINGS !== undefined;
}
