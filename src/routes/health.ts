/** Whether Luna is well: who answers, whether the provider and the database are there. */
import packageJson from "../../package.json" with { type: "json" };
import { authorization } from "../engines/provider.ts";
import type { Bindings, LunaSettings } from "../env.ts";
import type { Health, Upstream } from "../legs/http.ts";

/** A probe asks every few seconds; the provider need not hear of each of them. */
const KNOWN_FOR_MS = 30_000;
const PROVIDER_WITHIN_MS = 2_000;
const DATABASE_WITHIN_MS = 2_000;

/** Of this isolate: what was asked last, and of whom. */
let known: { of: string; answer: Promise<Upstream>; at: number } | undefined;

export async function health(env: Bindings, settings: LunaSettings): Promise<Health> {
  const [upstream, d1] = await Promise.all([upstreamOf(settings), database(env.DB)]);
  const engine = settings.serverKey
    ? { mode: "ai" as const, model: settings.provider.model }
    : { mode: "scripted" as const, model: "luna-scripted" };
  const { faults: unfit } = settings;
  const well = d1.ok && unfit.length === 0 && (upstream === null || serves(upstream));
  return { status: well ? "ok" : "degraded", engine, upstream, d1, unfit, version: packageJson.version };
}

/** A server without a list of models (404) is there; one that refuses the key is of no use. */
function serves({ reachable, status }: Upstream): boolean {
  return reachable && status !== 401 && status !== 403 && (status ?? 500) < 500;
}

function upstreamOf(settings: LunaSettings): Promise<Upstream | null> {
  const { serverKey, provider } = settings;
  if (serverKey === undefined) return Promise.resolve(null);
  const of = `${provider.baseUrl} ${provider.auth} ${serverKey}`;
  const now = Date.now();
  if (known?.of !== of || now - known.at > KNOWN_FOR_MS) {
    known = { of, at: now, answer: ask(`${provider.baseUrl}/models`, authorization(provider, serverKey)) };
  }
  return known.answer;
}

async function ask(url: string, headers: Record<string, string>): Promise<Upstream> {
  const at = Date.now();
  const status = await fetch(url, {
    headers,
    redirect: "manual",
    signal: AbortSignal.timeout(PROVIDER_WITHIN_MS),
  }).then(
    async (response) => {
      await response.body?.cancel();
      return response.status;
    },
    () => null,
  );
  return { reachable: status !== null, status, ms: Date.now() - at, checked_at: at };
}

async function database(db: D1Database): Promise<Health["d1"]> {
  const at = Date.now();
  const late = scheduler.wait(DATABASE_WITHIN_MS).then(() => false);
  const asked = db
    .prepare("SELECT 1 FROM calls LIMIT 1")
    .all()
    .then(
      () => true,
      () => false,
    );
  const ok = await Promise.race([asked, late]);
  return { ok, ms: Date.now() - at };
}
