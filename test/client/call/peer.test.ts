import { expect, test } from "vitest";
import { statsIn } from "../../../src/client/call/peer.ts";

const report = (...entries: Record<string, unknown>[]) =>
  new Map(entries.map((entry, n) => [String(n), entry])) as unknown as RTCStatsReport;

test("the figures of the line are those of the sound that comes in, and of the path in use", () => {
  expect(
    statsIn(
      report(
        { type: "outbound-rtp", kind: "audio", packetsSent: 5 },
        { type: "inbound-rtp", kind: "video", jitter: 9, packetsLost: 9, packetsReceived: 9 },
        { type: "inbound-rtp", kind: "audio", jitter: 0.0123, packetsLost: 5, packetsReceived: 95 },
        { type: "candidate-pair", nominated: false, currentRoundTripTime: 3 },
        { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.0314 },
      ),
    ),
  ).toEqual({ jitter_ms: 12.3, loss: 0.05, rtt_ms: 31.4 });
});

test("what the browser does not report is not made up; packets that came twice are no loss", () => {
  expect(statsIn(report())).toEqual({ jitter_ms: null, loss: null, rtt_ms: null });
  const twice = { type: "inbound-rtp", kind: "audio", packetsLost: -2, packetsReceived: 100 };
  expect(statsIn(report(twice))).toMatchObject({ loss: 0, jitter_ms: null });
  expect(statsIn(report({ ...twice, packetsLost: 0, packetsReceived: 0 }))).toMatchObject({ loss: null });
});
