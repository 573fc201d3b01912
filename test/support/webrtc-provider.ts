/**
 * The provider's WebRTC side for tests: browsers' offers by HTTP, a `werift` peer that plays and hears Opus in real time, the data
 * channel `oai-events`, sidebands by call id and `hangup`, all over one scripted Realtime server for each call. Give it to
 * `startUpstream` as `calls`.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import OpusScript from "opusscript";
import { MediaStreamTrack, type RTCDataChannel, RTCPeerConnection, RtpHeader, RtpPacket, useOPUS } from "werift";
import type { WebSocket } from "ws";
import { ScriptedServer } from "../../src/engines/scripted/server.ts";
import type { ClientEvent, ServerEvent, SessionConfig } from "../../src/realtime/events.ts";
import type { UpstreamOptions } from "./upstream.ts";

const RATE = 24_000;
const FRAME_MS = 20;
/** Samples of a frame here, and on the RTP clock, which for Opus always runs at 48 kHz. */
const FRAME = (RATE * FRAME_MS) / 1_000;
const RTP_FRAME = 960;

export interface RtcOptions {
  /** Answers with a password that no check passes: the connection never comes about. */
  unreachable?: boolean;
  /** Answers the offer with this HTTP status instead. */
  refuseWith?: number;
}

/** Luna's voice at the provider: made much faster than it sounds, played at its own pace. */
class OutputBuffer {
  #queue: { response: string; pcm: Int16Array }[] = [];
  #playing: string | undefined;
  readonly #done = new Set<string>();
  readonly #tell: (type: "started" | "stopped" | "cleared", response: string) => void;

  constructor(tell: (type: "started" | "stopped" | "cleared", response: string) => void) {
    this.#tell = tell;
  }

  push(response: string, pcm: Int16Array): void {
    this.#queue.push({ response, pcm });
  }

  responseDone(response: string): void {
    this.#done.add(response);
  }

  clear(): void {
    const playing = this.#playing;
    this.#queue = [];
    this.#playing = undefined;
    if (playing !== undefined) this.#tell("cleared", playing);
  }

  /** The next 20 ms; silence when there is nothing. */
  next(): Int16Array {
    const frame = new Int16Array(FRAME);
    let at = 0;
    while (at < FRAME) {
      const head = this.#queue[0];
      if (this.#playing !== undefined && head?.response !== this.#playing && this.#done.has(this.#playing)) {
        this.#tell("stopped", this.#playing);
        this.#playing = undefined;
      }
      if (!head) break;
      if (this.#playing === undefined) {
        this.#playing = head.response;
        this.#tell("started", head.response);
      }
      const piece = head.pcm.subarray(0, FRAME - at);
      frame.set(piece, at);
      at += piece.length;
      if (piece.length === head.pcm.length) this.#queue.shift();
      else head.pcm = head.pcm.subarray(piece.length);
    }
    return frame;
  }
}

/** One WebRTC call, as the provider sees it. */
export class RtcCall {
  readonly id: string;
  /** What came with the offer. */
  readonly session: SessionConfig;
  readonly headers: Record<string, string>;
  /** Events of the sidebands, without audio. */
  readonly received: ClientEvent[] = [];
  /** What the browser said on its data channel. */
  readonly fromBrowser: string[] = [];
  readonly sent: ServerEvent[] = [];
  /** Name of the browser's data channel, and how many events went out on it. */
  channel: string | undefined;
  channelEvents = 0;
  readonly sidebands = new Set<WebSocket>();
  /** Sidebands opened so far. */
  attached = 0;
  /** The browser's sound as it arrived, 24 kHz. */
  heard: Int16Array[] = [];
  ended: "hangup" | "peer" | undefined;
  readonly #peer: RTCPeerConnection;
  readonly #track = new MediaStreamTrack({ kind: "audio" });
  readonly #encoder = new OpusScript(RATE, 1, OpusScript.Application.VOIP);
  readonly #decoder = new OpusScript(RATE, 1, OpusScript.Application.VOIP);
  readonly #server: ScriptedServer;
  readonly #output: OutputBuffer;
  #channel: RTCDataChannel | undefined;
  #unsent: string[] = [];
  #clock: NodeJS.Timeout | undefined;
  #sequence = 1;
  #timestamp = 0;
  #begun = 0;
  #frames = 0;
  #configuring = true;

  constructor(id: string, session: SessionConfig, headers: Record<string, string>, options: UpstreamOptions) {
    this.id = id;
    this.session = session;
    this.headers = headers;
    this.#output = new OutputBuffer((type, response_id) =>
      this.#emit({ type: `output_audio_buffer.${type}`, event_id: this.#id("event"), response_id }),
    );
    this.#server = new ScriptedServer({
      emit: (event) => this.#fromServer(event),
      brain: options.brain(),
      id: (prefix) => this.#id(prefix),
      now: () => Date.now(),
      model: session.model ?? "",
      ...(options.voice ? { voice: options.voice } : {}),
      ...(options.ears ? { ears: options.ears() } : {}),
    });
    this.#server.receive({ type: "session.update", session: { ...session, model: undefined } });
    this.#configuring = false;
    this.#peer = new RTCPeerConnection({
      codecs: { audio: [useOPUS()] },
      iceServers: [],
      iceUseIpv6: false,
      iceAdditionalHostAddresses: ["127.0.0.1"],
    });
    this.#listen();
  }

  async answer(offer: string, options: RtcOptions): Promise<string> {
    await this.#peer.setRemoteDescription({ type: "offer", sdp: offer });
    const [transceiver] = this.#peer.getTransceivers();
    if (!transceiver) throw new Error("an offer without media");
    transceiver.setDirection("sendrecv");
    await transceiver.sender.replaceTrack(this.#track);
    await this.#peer.setLocalDescription(await this.#peer.createAnswer());
    const sdp = this.#peer.localDescription?.sdp ?? "";
    const local = sdp
      .split(/\r?\n/)
      .filter((line) => !line.startsWith("a=candidate:") || line.includes(" 127.0.0.1 "))
      .join("\r\n");
    return options.unreachable ? local.replace(/a=ice-pwd:.*/g, "a=ice-pwd:nobodyHasThisPassword0000") : local;
  }

  attach(socket: WebSocket): void {
    this.sidebands.add(socket);
    this.attached += 1;
    socket.on("message", (data) => {
      const event = JSON.parse(data.toString()) as ClientEvent;
      this.received.push(event);
      this.#take(event);
    });
    socket.on("close", () => this.sidebands.delete(socket));
    socket.on("error", () => socket.terminate());
  }

  /** Client events of one type. */
  of<T extends ClientEvent["type"]>(type: T): Extract<ClientEvent, { type: T }>[] {
    return this.received.filter((event) => event.type === type) as Extract<ClientEvent, { type: T }>[];
  }

  end(why: "hangup" | "peer"): void {
    if (this.ended) return;
    this.ended = why;
    clearTimeout(this.#clock);
    this.#server.close();
    for (const socket of this.sidebands) socket.close(1000, "call ended");
    void this.#peer.close();
    this.#encoder.delete();
    this.#decoder.delete();
  }

  #listen(): void {
    this.#peer.onTrack.subscribe((track) => {
      track.onReceiveRtp.subscribe(({ payload }) => this.#hear(payload));
    });
    this.#peer.onDataChannel.subscribe((channel) => {
      this.#channel = channel;
      this.channel = channel.label;
      for (const text of this.#unsent.splice(0)) this.#sendToBrowser(channel, text);
      channel.onMessage.subscribe((data) => {
        this.fromBrowser.push(data.toString());
        this.#take(JSON.parse(data.toString()) as ClientEvent);
      });
    });
    this.#peer.connectionStateChange.subscribe((state) => {
      if (state === "connected" && this.#clock === undefined) this.#play();
      if (state === "closed" || state === "failed" || state === "disconnected") this.end("peer");
    });
  }

  #take(event: ClientEvent): void {
    if (event.type === "output_audio_buffer.clear") this.#output.clear();
    else this.#server.receive(event);
  }

  #hear(payload: Buffer): void {
    if (this.ended || payload.length === 0) return;
    const bytes = this.#decoder.decode(payload);
    this.heard.push(new Int16Array(new Uint8Array(bytes).buffer));
    this.#server.receive({ type: "input_audio_buffer.append", audio: Buffer.from(bytes).toString("base64") });
  }

  #fromServer(event: ServerEvent): void {
    switch (event.type) {
      case "response.output_audio.delta": {
        const bytes = new Uint8Array(Buffer.from(event.delta, "base64"));
        return this.#output.push(event.response_id, new Int16Array(bytes.buffer, 0, bytes.length >> 1));
      }
      case "response.done":
        this.#output.responseDone(event.response.id);
        break;
      case "input_audio_buffer.speech_started":
        this.#emit(event);
        return this.#output.clear();
    }
    // Sidebands join a session that exists: they are told neither of its making nor of its first settings.
    if (!this.#configuring && event.type !== "session.created") this.#emit(event);
  }

  #emit(event: ServerEvent): void {
    this.sent.push(event);
    const text = JSON.stringify(event);
    for (const socket of this.sidebands) if (socket.readyState === socket.OPEN) socket.send(text);
    if (this.#channel?.readyState === "open") this.#sendToBrowser(this.#channel, text);
    else if (this.#unsent.length < 64) this.#unsent.push(text);
  }

  #sendToBrowser(channel: RTCDataChannel, text: string): void {
    channel.send(text);
    this.channelEvents += 1;
  }

  /** A frame every 20 ms by the clock: timers that come late are made up for. */
  #play(): void {
    this.#begun ||= performance.now();
    const due = Math.floor((performance.now() - this.#begun) / FRAME_MS);
    for (; this.#frames <= due && !this.ended; this.#frames++) this.#sendFrame(this.#output.next());
    this.#clock = setTimeout(() => this.#play(), FRAME_MS / 2);
  }

  #sendFrame(pcm: Int16Array): void {
    const bytes = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
    const header = new RtpHeader({ sequenceNumber: this.#sequence, timestamp: this.#timestamp, payloadType: 111 });
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + RTP_FRAME) >>> 0;
    this.#track.writeRtp(new RtpPacket(header, this.#encoder.encode(bytes, FRAME)));
  }

  /** Nothing of a call's own id is in the ids of its events: whoever sees them must not know it. */
  readonly #tag = Math.random().toString(36).slice(2, 8);
  #ids = 0;
  #id(prefix: string): string {
    return `${prefix}_${this.#tag}_${(++this.#ids).toString(36)}`;
  }
}

/** What `startUpstream` asks about WebRTC. */
export class RtcCalls {
  /** Oldest first. */
  readonly calls: RtcCall[] = [];
  readonly options: RtcOptions = {};
  /** Every request, with its body, as it came. */
  readonly requests: { method: string; path: string; headers: Record<string, string>; body: string }[] = [];

  /** A call that can be joined. */
  find(id: string): RtcCall | undefined {
    return this.calls.find((call) => call.id === id && !call.ended);
  }

  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    upstream: UpstreamOptions,
    key: string,
  ): Promise<void> {
    const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname;
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    this.requests.push({ method: request.method ?? "", path, headers, body: body.toString() });
    if (headers.authorization !== `Bearer ${key}`) return void response.writeHead(401).end();
    const hangup = /^\/v1\/realtime\/calls\/([\w-]+)\/hangup$/.exec(path);
    if (request.method === "POST" && hangup) {
      const call = this.find(hangup[1] ?? "");
      call?.end("hangup");
      return void response.writeHead(call ? 200 : 404).end();
    }
    if (request.method !== "POST" || path !== "/v1/realtime/calls") return void response.writeHead(404).end();
    if (this.options.refuseWith !== undefined) return void response.writeHead(this.options.refuseWith).end();
    await this.#open(body, headers, response, upstream);
  }

  async #open(
    body: Buffer,
    headers: Record<string, string>,
    response: ServerResponse,
    upstream: UpstreamOptions,
  ): Promise<void> {
    const form = await new Response(new Uint8Array(body), {
      headers: { "content-type": headers["content-type"] ?? "" },
    }).formData();
    const text = async (name: string) => {
      const part = form.get(name);
      return part instanceof Blob ? await part.text() : String(part);
    };
    const id = `rtc_t_${this.calls.length.toString(36)}${Date.now().toString(36)}`;
    const call = new RtcCall(id, JSON.parse(await text("session")) as SessionConfig, headers, upstream);
    const sdp = await call.answer(await text("sdp"), this.options);
    this.calls.push(call);
    response.writeHead(201, { "content-type": "text/plain; charset=utf-8", location: `/v1/realtime/calls/${id}` });
    response.end(sdp);
  }

  stop(): void {
    for (const call of this.calls) call.end("peer");
  }
}
