import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { callIdIn, MAX_SDP_CHARS, sdpFault, withLineEnds } from "../../src/realtime/sdp.ts";

const OFFER = [
  "v=0",
  "o=- 3993840254 2 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "a=group:BUNDLE 0 1",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "c=IN IP4 0.0.0.0",
  "a=ice-ufrag:YnNx",
  "a=ice-pwd:jIsRuXZmV9Yq00qk4a33Xe",
  "a=fingerprint:sha-256 97:A7:E2",
  "a=setup:actpass",
  "a=mid:0",
  "a=sendrecv",
  "a=rtpmap:111 opus/48000/2",
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  "a=mid:1",
  "a=sctp-port:5000",
  "",
];
const offer = OFFER.join("\r\n");
const changed = (from: string | RegExp, to: string) => sdpFault(offer.replace(from, to))?.code;

describe("an offer of a voice call", () => {
  test("passes as browsers write it, with either line end and without the last one", () => {
    expect(sdpFault(offer)).toBeNull();
    expect(sdpFault(OFFER.join("\n"))).toBeNull();
    expect(sdpFault(offer.trimEnd())).toBeNull();
  });

  test.each(["", "hello", "{}", "v=1\r\n", "<html></html>", "v=0", "v=0\r\nnot a line\r\n"])(
    "is not to be found in %j",
    (text) => expect(sdpFault(text)?.code).toBe("invalid_sdp"),
  );

  test("needs sound that is switched on", () => {
    expect(changed(/m=audio/, "m=video")).toBe("sdp_without_audio");
    expect(changed("m=audio 9", "m=audio 0")).toBe("sdp_without_audio");
    expect(changed("a=sendrecv", "a=inactive")).toBe("sdp_without_audio");
    expect(changed("a=sendrecv", "a=recvonly")).toBeUndefined();
    expect(changed("t=0 0\r\n", "t=0 0\r\na=inactive\r\n")).toBeUndefined();
  });

  test("needs the means to connect", () => {
    for (const name of ["ice-ufrag", "ice-pwd", "fingerprint"]) {
      expect(changed(`a=${name}`, `a=x-${name}`)).toBe("sdp_without_transport");
    }
  });

  test("is refused beyond its limit, and with characters that no line can have", () => {
    expect(sdpFault(`${offer}${"a=x\r\n".repeat(MAX_SDP_CHARS / 5)}`)?.code).toBe("invalid_sdp");
    expect(sdpFault(offer.replace("a=mid:0", "a=mid:\0"))?.code).toBe("invalid_sdp");
  });

  test("whatever comes, the verdict does not throw", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => sdpFault(text) !== undefined));
    fc.assert(
      fc.property(fc.nat(offer.length), fc.string({ maxLength: 20 }), (at, more) => {
        const verdict = sdpFault(offer.slice(0, at) + more + offer.slice(at));
        return verdict === null || verdict.message.endsWith(".");
      }),
    );
  });

  test("gets the line ends of the standard, once", () => {
    expect(withLineEnds(OFFER.join("\n"))).toBe(offer);
    expect(withLineEnds(withLineEnds(offer))).toBe(offer);
  });
});

describe("the id of a call at the provider", () => {
  test.each([
    ["/v1/realtime/calls/rtc_u2_E4xw9V7Wm6", "rtc_u2_E4xw9V7Wm6"],
    ["https://api.example.com/v1/realtime/calls/rtc_1?x=1", "rtc_1"],
    ["rtc_1", "rtc_1"],
    ["/v1/realtime/calls/", null],
    ["/v1/realtime/calls/rtc 1", null],
    ["", null],
    [null, null],
  ])("in the Location %j is %j", (location, id) => expect(callIdIn(location)).toBe(id));
});
