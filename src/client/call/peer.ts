/**
 * The sound of a call by WebRTC: from this page's microphone straight to the provider, and Luna's voice straight back. Words,
 * tools and everything else stay with the call's own socket. Fetched only for calls that want it.
 */
import type { CallOpened } from "../../legs/open-call.ts";
import type { PageEvent, PageMessageInput } from "../../legs/wire.ts";
import type { Beside } from "../audio/context.ts";
import type { LocalEvent } from "../state/call-state.ts";
import type { LineStats } from "../state/steps.ts";
import { FarEar } from "./far-ear.ts";
import { FarMouth } from "./far-mouth.ts";
import type { PeerSound } from "./peer-sound.ts";

/** From the offer to the first packet; then the relay. */
const CONNECTED_WITHIN_MS = 8_000;
/** A connection may falter; this long, and it does not come back. */
const FALTERS_FOR_MS = 5_000;
/** Addresses of this machine are known at once, others a STUN server tells; what comes later the checks find by themselves. */
const GATHERED_WITHIN_MS = 800;
/** A hushed voice may sound again when the provider begins anew; if its word of that is lost, after this time. */
const HUSHED_FOR_MS = 1_500;

/** What of the line is needed. */
export interface PeerLine {
  readonly context: AudioContext;
  readonly microphone: MediaStream | undefined;
  onMicrophone: (stream: MediaStream) => void;
  beside: Beside | null;
}

export interface PeerPorts {
  opened: Pick<CallOpened, "call_id" | "method" | "secret">;
  line: PeerLine;
  tell(message: PageMessageInput): void;
  show(event: LocalEvent): void;
  /** A step of getting connected is done. */
  mark(step: string): void;
}

export class Peer implements PeerSound {
  onFirstSound: PeerSound["onFirstSound"] = () => undefined;
  readonly #ports: PeerPorts;
  readonly #connection: RTCPeerConnection;
  readonly #mouth: FarMouth;
  readonly #element = document.createElement("audio");
  #ear: FarEar | undefined;
  #sender: RTCRtpSender | undefined;
  /** The microphone's track again, so that a held call can be deaf without closing it. */
  #track: MediaStreamTrack | undefined;
  #listening = true;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #hushed: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(ports: PeerPorts, iceServers: RTCIceServer[]) {
    this.#ports = ports;
    this.#connection = new RTCPeerConnection({ iceServers });
    this.#mouth = new FarMouth({
      show: ports.show,
      loudSince: () => this.#ear?.loudSince,
      onFirstSound: (id, at) => this.onFirstSound(id, at),
      now: () => performance.now(),
    });
    this.#element.autoplay = true;
    ports.line.beside = {
      mute: (muted) => {
        this.#element.muted = muted;
      },
      choose: (id) => void this.#choose(id),
    };
  }

  /** Resolves when sound travels, or when that has been given up: then the call has been told. */
  async connect(): Promise<void> {
    this.#patience = setTimeout(() => this.#giveUp(), CONNECTED_WITHIN_MS + GATHERED_WITHIN_MS);
    try {
      this.#watch();
      this.#openChannel();
      this.#sendMicrophone();
      await this.#connection.setLocalDescription();
      await this.#gathered();
      this.#ports.mark("offer");
      const sdp = await this.#exchange(this.#connection.localDescription?.sdp ?? "");
      if (this.#closed) return;
      await this.#connection.setRemoteDescription({ type: "answer", sdp });
      this.#ports.mark("answer");
    } catch {
      this.#giveUp();
    }
  }

  get busy(): boolean {
    return this.#mouth.busy;
  }

  get level(): number {
    return this.#ear?.level ?? 0;
  }

  event(event: PageEvent): boolean {
    if (event.type === "luna.flush") this.hush();
    if (event.type === "output_audio_buffer.started") this.#unhush();
    return this.#mouth.event(event);
  }

  hush(): void {
    if (!this.#mouth.busy) return;
    this.#element.volume = 0;
    clearTimeout(this.#hushed);
    this.#hushed = setTimeout(() => this.#unhush(), HUSHED_FOR_MS);
  }

  listen(on: boolean): void {
    this.#listening = on;
    if (this.#track) this.#track.enabled = on;
  }

  /** How the line is doing. */
  async stats(): Promise<LineStats | null> {
    if (this.#closed) return null;
    return statsIn(await this.#connection.getStats());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#patience);
    clearTimeout(this.#hushed);
    this.#mouth.close();
    this.#ear?.close();
    this.#track?.stop();
    this.#element.srcObject = null;
    this.#ports.line.beside = null;
    this.#ports.line.onMicrophone = () => undefined;
    this.#connection.close();
  }

  #watch(): void {
    const peer = this.#connection;
    peer.ontrack = ({ track, streams }) => this.#play(streams[0] ?? new MediaStream([track]));
    peer.oniceconnectionstatechange = () => {
      if (peer.iceConnectionState === "connected" || peer.iceConnectionState === "completed") this.#ports.mark("ice");
    };
    peer.onconnectionstatechange = () => this.#changed(peer.connectionState);
  }

  #changed(state: RTCPeerConnectionState): void {
    if (this.#closed) return;
    if (state === "connected") {
      clearTimeout(this.#patience);
      this.#ports.mark("connected");
      this.#ports.tell({ type: "luna.peer", state: "connected" });
    } else if (state === "disconnected") {
      clearTimeout(this.#patience);
      this.#patience = setTimeout(() => this.#giveUp(), FALTERS_FOR_MS);
    } else if (state === "failed" || state === "closed") this.#giveUp();
  }

  /** The call takes the sound over its socket from here on. */
  #giveUp(): void {
    if (this.#closed) return;
    this.close();
    this.#ports.tell({ type: "luna.peer", state: "lost" });
  }

  /** The provider expects it. What it says there the call hears over its sideband, and is the one who acts on it. */
  #openChannel(): void {
    const channel = this.#connection.createDataChannel("oai-events");
    channel.onopen = () => this.#ports.mark("channel");
  }

  /** Without a microphone the call is only heard; the caller types. */
  #sendMicrophone(): void {
    const { line } = this.#ports;
    const transceiver = this.#connection.addTransceiver("audio", { direction: "sendrecv" });
    this.#sender = transceiver.sender;
    line.onMicrophone = (stream) => this.#useMicrophone(stream);
    if (line.microphone) this.#useMicrophone(line.microphone);
  }

  #useMicrophone(stream: MediaStream): void {
    const [track] = stream.getAudioTracks();
    if (!track || this.#closed) return;
    this.#track?.stop();
    this.#track = track.clone();
    this.#track.enabled = this.#listening;
    void this.#sender?.replaceTrack(this.#track).catch(() => undefined);
  }

  #gathered(): Promise<void> {
    const peer = this.#connection;
    if (peer.iceGatheringState === "complete") return Promise.resolve();
    return new Promise((resolve) => {
      setTimeout(resolve, GATHERED_WITHIN_MS);
      peer.onicegatheringstatechange = () => {
        if (peer.iceGatheringState === "complete") resolve();
      };
    });
  }

  /** @throws where Luna or the provider does not take the offer. */
  async #exchange(sdp: string): Promise<string> {
    const { call_id, method, secret = "" } = this.#ports.opened;
    const signal = AbortSignal.timeout(CONNECTED_WITHIN_MS);
    const response =
      method === "direct"
        ? await fetch(`/v1/realtime/calls?call_id=${encodeURIComponent(call_id)}`, {
            method: "POST",
            body: formOf(sdp),
            signal,
          })
        : await fetch("/v1/realtime/calls", {
            method: "POST",
            headers: { "content-type": "application/sdp", authorization: `Bearer ${secret}` },
            body: sdp,
            signal,
          });
    if (response.status !== 201) throw new Error(`HTTP ${response.status}`);
    return response.text();
  }

  #play(stream: MediaStream): void {
    this.#element.srcObject = stream;
    void this.#element.play().catch(() => undefined);
    this.#ear = new FarEar(this.#ports.line.context, stream, () => this.#ports.mark("first_sound"));
  }

  #unhush(): void {
    clearTimeout(this.#hushed);
    this.#element.volume = 1;
  }

  async #choose(id: string): Promise<void> {
    const element = this.#element as HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> };
    await element.setSinkId?.(id === "default" ? "" : id).catch(() => undefined);
  }
}

function formOf(sdp: string): FormData {
  const form = new FormData();
  form.set("sdp", new Blob([sdp], { type: "application/sdp" }));
  form.set("session", new Blob(['{"type":"realtime"}'], { type: "application/json" }));
  return form;
}

/** The figures of the sound that comes in, out of what the browser reports. */
export function statsIn(report: RTCStatsReport): LineStats {
  const found: LineStats = { jitter_ms: null, loss: null, rtt_ms: null };
  report.forEach((one: Record<string, unknown>) => {
    if (one.type === "inbound-rtp" && one.kind === "audio") {
      const { jitter, packetsLost: lost, packetsReceived: received } = one;
      if (typeof jitter === "number") found.jitter_ms = Math.round(jitter * 10_000) / 10;
      if (typeof lost === "number" && typeof received === "number" && received > 0) {
        found.loss = Math.max(0, lost) / (received + Math.max(0, lost));
      }
    }
    if (one.type === "candidate-pair" && one.nominated === true && typeof one.currentRoundTripTime === "number") {
      found.rtt_ms = Math.round(one.currentRoundTripTime * 10_000) / 10;
    }
  });
  return found;
}
