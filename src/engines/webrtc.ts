/**
 * The provider's HTTP side of WebRTC: a browser's session description goes there with the call's own session, and an answer
 * comes back with the id under which the call can be watched and ended. The key is used here and goes nowhere else.
 */
import type { ProviderSettings } from "../env.ts";
import type { SessionConfig } from "../realtime/events.ts";
import { httpFailure } from "../realtime/failures.ts";
import { callIdIn, MAX_SDP_CHARS, sdpFault, withLineEnds } from "../realtime/sdp.ts";
import type { Gone } from "./engine.ts";
import { authorization } from "./provider.ts";

/** Seen: 0.3 to 1 s. A browser waits eight seconds for its sound altogether. */
const ANSWER_WITHIN_MS = 7_000;
const HANG_UP_WITHIN_MS = 5_000;

export interface Exchange {
  provider: ProviderSettings;
  key: string;
  /** Has been looked at already. */
  sdp: string;
  session: SessionConfig;
}

export type Exchanged = { ok: true; sdp: string; rtc_id: string } | { ok: false; gone: Gone };

/** Brings the offer to the provider. Never throws: what went wrong is an answer. */
export async function exchange(wanted: Exchange): Promise<Exchanged> {
  try {
    const response = wanted.provider.auth === "api-key" ? await postWithSecret(wanted) : await postForm(wanted);
    if (response.status !== 200 && response.status !== 201) {
      await response.body?.cancel();
      return { ok: false, gone: httpFailure(response.status) };
    }
    const sdp = withLineEnds((await response.text()).slice(0, MAX_SDP_CHARS + 1));
    const rtc_id = callIdIn(response.headers.get("location"));
    if (rtc_id === null || sdpFault(sdp) !== null) return notWebRtc();
    return { ok: true, sdp, rtc_id };
  } catch {
    return failed("unreachable", "The AI provider could not be reached for WebRTC.");
  }
}

/** Ends the call at the provider; one that has ended already is as good. */
export async function hangUp(provider: ProviderSettings, key: string, rtc_id: string): Promise<void> {
  try {
    const url = `${provider.baseUrl}/realtime/calls/${rtc_id}/hangup`;
    const response = await post(url, authorization(provider, key), null, HANG_UP_WITHIN_MS);
    await response.body?.cancel();
  } catch {
    // The provider ends it by itself as soon as the browser is gone.
  }
}

/**
 * One form with both: the browser's description, and what the session shall be. Written by hand: `FormData` gives a part with a
 * content type a file name as well, and a server may take that for a file where real clients send a field.
 */
function postForm({ provider, key, sdp, session }: Exchange): Promise<Response> {
  const boundary = `luna-${crypto.randomUUID()}`;
  const part = (name: string, type: string, text: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Type: ${type}\r\n\r\n${text}\r\n`;
  const asked = part("session", "application/json", JSON.stringify(inModel(session, provider)));
  const body = `${part("sdp", "application/sdp", sdp)}${asked}--${boundary}--\r\n`;
  const headers = { ...authorization(provider, key), "content-type": `multipart/form-data; boundary=${boundary}` };
  return post(`${provider.baseUrl}/realtime/calls`, headers, body, ANSWER_WITHIN_MS);
}

/** Azure takes no form: the session is bound to a secret first, which is used at once and never leaves the server. */
async function postWithSecret({ provider, key, sdp, session }: Exchange): Promise<Response> {
  const body = JSON.stringify({ session: inModel(session, provider) });
  const headers = { ...authorization(provider, key), "content-type": "application/json" };
  const minted = await post(`${provider.baseUrl}/realtime/client_secrets`, headers, body, ANSWER_WITHIN_MS);
  if (!minted.ok) return minted;
  const { value } = await minted.json<{ value?: unknown }>();
  if (typeof value !== "string") return new Response(null, { status: 502 });
  const bearer = { authorization: `Bearer ${value}`, "content-type": "application/sdp" };
  return post(`${provider.baseUrl}/realtime/calls`, bearer, sdp, ANSWER_WITHIN_MS);
}

/** There is no `model` in the address here, so the session names it. */
function inModel(session: SessionConfig, { model }: ProviderSettings): SessionConfig {
  return { ...session, model };
}

function post(url: string, headers: Record<string, string>, body: BodyInit | null, ms: number): Promise<Response> {
  return fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(ms) });
}

function notWebRtc(): Exchanged {
  return failed("no_webrtc", "The AI provider gave no usable answer for WebRTC.");
}

function failed(code: string, message: string): Exchanged {
  return { ok: false, gone: { code, message, retriable: true } };
}
