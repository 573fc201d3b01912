/**
 * A WebRTC client of the protocol without a browser: a `werift` peer that offers a voice and the data channel `oai-events`, as the
 * SDKs for browsers do. It says nothing aloud; its words go over the channel.
 */
import { MediaStreamTrack, type RTCDataChannel, RTCPeerConnection, useOPUS } from "werift";
import type { ServerEvent } from "../../src/realtime/events.ts";

const WITHIN_MS = 15_000;

export class RtcClient {
  readonly events: ServerEvent[] = [];
  /** To be brought to whoever answers. */
  readonly sdp: string;
  /** Frames of sound that have arrived. */
  heard = 0;
  readonly #peer: RTCPeerConnection;
  readonly #channel: RTCDataChannel;

  private constructor(peer: RTCPeerConnection, channel: RTCDataChannel, sdp: string) {
    this.#peer = peer;
    this.#channel = channel;
    this.sdp = sdp;
    channel.onMessage.subscribe((data) => this.events.push(JSON.parse(data.toString()) as ServerEvent));
    peer.onTrack.subscribe((track) => {
      track.onReceiveRtp.subscribe(() => {
        this.heard += 1;
      });
    });
  }

  static async offer(): Promise<RtcClient> {
    const peer = new RTCPeerConnection({
      codecs: { audio: [useOPUS()] },
      bundlePolicy: "max-bundle",
      iceServers: [],
      iceUseIpv6: false,
      iceAdditionalHostAddresses: ["127.0.0.1"],
    });
    peer.addTransceiver(new MediaStreamTrack({ kind: "audio" }), { direction: "sendrecv" });
    const channel = peer.createDataChannel("oai-events");
    await peer.setLocalDescription(await peer.createOffer());
    return new RtcClient(peer, channel, peer.localDescription?.sdp ?? "");
  }

  /** Resolves when the data channel is open. */
  async accept(answer: string): Promise<void> {
    await this.#peer.setRemoteDescription({ type: "answer", sdp: answer });
    await this.until("the data channel", () => this.#channel.readyState === "open" || undefined);
  }

  send(event: Record<string, unknown>): void {
    this.#channel.send(JSON.stringify(event));
  }

  of<T extends ServerEvent["type"]>(type: T): Extract<ServerEvent, { type: T }>[] {
    return this.events.filter((event) => event.type === type) as Extract<ServerEvent, { type: T }>[];
  }

  async until<T>(what: string, look: () => T | undefined): Promise<T> {
    const end = Date.now() + WITHIN_MS;
    for (;;) {
      const seen = look();
      if (seen !== undefined) return seen;
      if (Date.now() > end) {
        throw new Error(
          `not seen: ${what} (${this.#peer.connectionState})\n${JSON.stringify(this.events).slice(0, 3_000)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  close(): Promise<void> {
    return this.#peer.close();
  }
}
