/**
 * What Luna looks at in a session description before it passes it on (RFC 8866, RFC 8829): that it is one, and that it can carry
 * a voice. The rest is between the browser and the provider.
 */

/** A Chromium offer with sound and a data channel has 3 to 6 KB; with many network interfaces 20. */
export const MAX_SDP_CHARS = 65_536;

export interface SdpFault {
  code: "invalid_sdp" | "sdp_without_audio" | "sdp_without_transport";
  /** One sentence. */
  message: string;
}

interface Media {
  kind: string;
  port: string;
  lines: string[];
}

/** What keeps this text from being an offer (or answer) of a voice call; null where nothing does. */
export function sdpFault(text: string): SdpFault | null {
  const lines = linesOf(text);
  if (lines === null) return fault("invalid_sdp", "This is not a session description (SDP): it begins with v=0.");
  const { session, media } = sections(lines);
  if (!["o=", "s=", "t="].every((start) => session.some((line) => line.startsWith(start)))) {
    return fault("invalid_sdp", "This session description (SDP) lacks its o=, s= or t= line.");
  }
  const sounds = media.filter(({ kind, port }) => kind === "audio" && port !== "0");
  if (!sounds.some((sound) => carriesSound(session, sound))) {
    return fault("sdp_without_audio", "This session description (SDP) has no audio that is switched on.");
  }
  const sealed = ["a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:"].every((start) =>
    lines.some((line) => line.startsWith(start)),
  );
  if (!sealed) {
    return fault("sdp_without_transport", "This session description (SDP) lacks its ICE credentials or fingerprint.");
  }
  return null;
}

/** The same description with the line ends that the standard asks for; parsers of some providers insist on them. */
export function withLineEnds(sdp: string): string {
  return `${sdp
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .join("\r\n")}\r\n`;
}

/** The provider's id of a call, from the `Location` of its answer: the last part of the path. */
export function callIdIn(location: string | null): string | null {
  const last = location?.split(/[?#]/, 1)[0]?.split("/").at(-1) ?? "";
  return /^[\w-]{1,128}$/.test(last) ? last : null;
}

/** Null for what has a line that is no SDP line; the last line end may be missing. */
function linesOf(text: string): string[] | null {
  if (text.length > MAX_SDP_CHARS) return null;
  const lines = text.replace(/\r?\n$/, "").split(/\r?\n/);
  const isLine = (line: string) => /^[a-z]=[^\0]*$/.test(line);
  return lines[0] === "v=0" && lines.every(isLine) ? lines : null;
}

function sections(lines: string[]): { session: string[]; media: Media[] } {
  const session: string[] = [];
  const media: Media[] = [];
  for (const line of lines) {
    const head = /^m=(\S+) (\d+)/.exec(line);
    if (head) media.push({ kind: head[1] ?? "", port: head[2] ?? "0", lines: [line] });
    else (media.at(-1)?.lines ?? session).push(line);
  }
  return { session, media };
}

/** Its own direction counts, else that of the whole description. */
function carriesSound(session: string[], { lines }: Media): boolean {
  return !(lines.find(isDirection) ?? session.find(isDirection))?.endsWith("inactive");
}

function isDirection(line: string): boolean {
  return /^a=(sendrecv|sendonly|recvonly|inactive)$/.test(line);
}

function fault(code: SdpFault["code"], message: string): SdpFault {
  return { code, message };
}
