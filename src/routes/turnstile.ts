/** Cloudflare Turnstile, where the host has set it up: who calls by a link shows first that they are none of many. */
import type { TurnstileSettings } from "../env.ts";
import { LunaError } from "../errors.ts";
import { log } from "../log.ts";

const VERIFY = "https://challenges.cloudflare.com/turnstile/v0/siteverify";
/** The `action` that the guest page gives its widget: an answer that was made for another purpose is none. */
export const TURNSTILE_ACTION = "guest_call";
const WITHIN_MS = 5_000;

interface Verdict {
  success?: boolean;
  hostname?: string;
  action?: string;
}

/**
 * Holds the widget's answer against the service. An answer is good once, and only for this host and purpose.
 * @throws LunaError `robot`, or `unavailable` where the service does not answer: nobody is let in unseen.
 */
export async function notARobot(
  request: Request,
  answer: string | undefined,
  settings: TurnstileSettings,
): Promise<void> {
  if (answer === undefined) throw robot();
  const { success, hostname, action } = await verdictOn(request, answer, settings.secret);
  if (success === true && hostname === new URL(request.url).hostname && action === TURNSTILE_ACTION) return;
  throw robot();
}

async function verdictOn(request: Request, answer: string, secret: string): Promise<Verdict> {
  const body = new FormData();
  body.set("secret", secret);
  body.set("response", answer);
  const address = request.headers.get("cf-connecting-ip");
  if (address !== null) body.set("remoteip", address);
  try {
    const response = await fetch(VERIFY, { method: "POST", body, signal: AbortSignal.timeout(WITHIN_MS) });
    if (response.ok) return (await response.json()) as Verdict;
    log.warn("Turnstile refuses to verify", { status: response.status });
  } catch (thrown) {
    log.warn("Turnstile does not answer", { error: (thrown as Error).name });
  }
  throw new LunaError(
    "unavailable",
    "The check that you are a person does not answer just now. Try again in a minute.",
  );
}

function robot(): LunaError {
  return new LunaError("robot", "The check that you are a person did not succeed. Reload the page and try again.");
}
