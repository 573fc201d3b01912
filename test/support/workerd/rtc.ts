/** The provider's WebRTC side inside the test: takes offers, knows its calls, and takes note of everything. No sound travels. */
import { GOOD_KEY, type Line, type Manners, provide } from "./provider.ts";

const BODY = [
  "o=- 46117317 2 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "c=IN IP4 0.0.0.0",
  "a=ice-ufrag:aaaa",
  "a=ice-pwd:bbbbbbbbbbbbbbbbbbbbbb",
  "a=fingerprint:sha-256 00:11:22",
  "a=setup:actpass",
  "a=mid:0",
  "a=sendrecv",
  "a=rtpmap:111 opus/48000/2",
  "",
].join("\r\n");
export const OFFER = `v=0\r\n${BODY}`;
/** To be told from the offer. */
export const ANSWER = OFFER.replace("46117317", "77777777");

export interface Posted {
  path: string;
  authorization: string | null;
  sdp: string;
  session: Record<string, unknown>;
}

export interface RtcDesk {
  lines: Line[];
  offers: Posted[];
  /** Calls that were hung up by Luna. */
  hungUp: string[];
  /** Answers offers with this HTTP status instead. */
  refuseWith: number | undefined;
  /** Sidebands that are told "no such call" before one is let in. */
  early: number;
}

/** Replaces the Worker's way out, as `provide` does. Calls are `rtc_1`, `rtc_2`, ... */
export function provideRtc(manners: Manners = {}): RtcDesk {
  const desk: RtcDesk = { lines: [], offers: [], hungUp: [], refuseWith: undefined, early: 0 };
  desk.lines = provide({
    ...manners,
    http: (request) => answer(desk, request),
    joins: (id) => {
      desk.early -= 1;
      return (
        desk.early < 0 && /^rtc_\d+$/.test(id) && Number(id.slice(4)) <= desk.offers.length && !desk.hungUp.includes(id)
      );
    },
  });
  return desk;
}

async function answer(desk: RtcDesk, request: Request): Promise<Response> {
  const path = new URL(request.url).pathname;
  const hangup = /\/realtime\/calls\/(\w+)\/hangup$/.exec(path);
  if (hangup) {
    desk.hungUp.push(hangup[1] ?? "");
    return new Response(null, { status: 200 });
  }
  const authorization = request.headers.get("authorization");
  if (!authorization?.startsWith(`Bearer ${GOOD_KEY}`)) return new Response("no", { status: 401 });
  if (desk.refuseWith !== undefined) return new Response("no", { status: desk.refuseWith });
  const form = new TextDecoder().decode(await request.arrayBuffer());
  const session = partOf(form, "session").replace(/^application\/json /, "");
  desk.offers.push({
    path,
    authorization,
    sdp: partOf(form, "sdp"),
    session: JSON.parse(session) as Posted["session"],
  });
  const location = `/v1/realtime/calls/rtc_${desk.offers.length}`;
  return new Response(ANSWER, { status: 201, headers: { location, "content-type": "text/plain; charset=utf-8" } });
}

/** Content type and text of a field, as real clients write it: a part with a file name is none. */
function partOf(form: string, name: string): string {
  const field = new RegExp(`form-data; name="${name}"\r\nContent-Type: (\\S+)\r\n\r\n([^]*?)\r\n--`).exec(form);
  return `${field?.[1]} ${field?.[2]}`;
}
