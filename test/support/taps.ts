/**
 * What is laid under the page before its first script: a microphone that says what the test says, a recorder of everything
 * the page sounds, and a log of its socket. Runs inside the browser; nothing in here may refer to anything outside `layTaps`.
 */

/** One socket message, `t` in ms of the page's own clock. Binary frames are noted by length only. */
export interface SocketNote {
  t: number;
  way: "up" | "down";
  /** Text frames; empty for binary ones. */
  text: string;
  bytes: number;
}

/** 10 ms or so of what the page sounded; `t` is when it came out, in ms of the page's own clock. */
export interface SoundNote {
  t: number;
  rms: number;
}

export interface Taps {
  /** Plays a WAV into the microphone; resolves at its end with the moment its first sample went in. */
  say(wavBase64: string): Promise<number>;
  notes: SocketNote[];
  /** Loudness over time since the page opened. */
  sound(): SoundNote[];
  /** Mono PCM16 of all that sounded since `from` (page clock), base64, with its rate. */
  recording(from: number): { rate: number; base64: string };
  /** Streams that were tapped: 0 means the page has made no sound at all yet. */
  tapped: number;
}

declare global {
  interface Window {
    __taps: Taps;
  }
}

/**
 * Given to `addInitScript`. `realMicrophone` leaves the browser's own answer to a microphone request alone; `unheard` keeps the sound
 * system from starting.
 */
export function layTaps({ realMicrophone, unheard = false }: { realMicrophone: boolean; unheard?: boolean }): void {
  const notes: SocketNote[] = [];
  interface Piece {
    at: number;
    arrived: number;
    samples: Float32Array;
  }
  const tracks: { rate: number; pieces: Piece[]; lag: number; gains: { t: number; gain: number }[] }[] = [];
  const taps: Taps = { say, notes, sound, recording, tapped: 0 };
  window.__taps = taps;

  // The microphone ---------------------------------------------------------------------------------------------------
  let mouth: { context: AudioContext; out: MediaStreamAudioDestinationNode } | undefined;
  function ready(): { context: AudioContext; out: MediaStreamAudioDestinationNode } {
    if (!mouth) {
      const context = new AudioContext({ sampleRate: 48_000 });
      const out = context.createMediaStreamDestination();
      // A still microphone has a little noise; exact zeros would make every detector's life too easy.
      const hiss = context.createBufferSource();
      const buffer = context.createBuffer(1, 48_000, 48_000);
      const samples = buffer.getChannelData(0);
      let seed = 7;
      for (let i = 0; i < samples.length; i++) {
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
        samples[i] = (seed / 2 ** 31) * 0.0004;
      }
      hiss.buffer = buffer;
      hiss.loop = true;
      hiss.connect(out);
      hiss.start();
      mouth = { context, out };
    }
    return mouth;
  }
  if (navigator.mediaDevices && !realMicrophone) {
    navigator.mediaDevices.getUserMedia = async (constraints?: MediaStreamConstraints) => {
      if (!constraints?.audio) throw new DOMException("Only a microphone is here", "NotFoundError");
      const { context, out } = ready();
      await context.resume();
      return new MediaStream(out.stream.getAudioTracks().map((track) => track.clone()));
    };
  }
  async function say(wavBase64: string): Promise<number> {
    const { context, out } = ready();
    await context.resume();
    const bytes = Uint8Array.from(atob(wavBase64), (letter) => letter.charCodeAt(0));
    const source = context.createBufferSource();
    source.buffer = await context.decodeAudioData(bytes.buffer);
    source.connect(out);
    const ended = new Promise<void>((resolve) => {
      source.onended = () => resolve();
    });
    const start = context.currentTime + 0.01;
    const at = performance.now() + 10;
    source.start(start);
    await ended;
    return at;
  }

  // The sound --------------------------------------------------------------------------------------------------------
  const known = new WeakSet<MediaStreamTrack>();
  /** How loud an element plays, from when on (page clock). */
  type Gains = { t: number; gain: number }[];
  function tap(stream: MediaStream, gains: Gains = []): void {
    for (const track of stream.getAudioTracks()) {
      if (known.has(track)) continue;
      known.add(track);
      taps.tapped += 1;
      void listen(track.clone(), gains);
    }
  }
  function gainsOf(element: HTMLMediaElement): Gains {
    const gains: Gains = [];
    element.addEventListener("volumechange", () =>
      gains.push({ t: performance.now(), gain: element.muted ? 0 : element.volume }),
    );
    return gains;
  }
  async function listen(track: MediaStreamTrack, gains: Gains): Promise<void> {
    type Processor = new (init: {
      track: MediaStreamTrack;
      maxBufferSize: number;
    }) => { readable: ReadableStream<AudioData> };
    const { MediaStreamTrackProcessor } = window as unknown as { MediaStreamTrackProcessor: Processor };
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 500 }).readable.getReader();
    const heard = { rate: 48_000, pieces: [] as Piece[], lag: Number.POSITIVE_INFINITY, gains };
    tracks.push(heard);
    for (;;) {
      const { done, value: data } = await reader.read();
      if (done) return;
      const arrived = performance.now();
      const at = data.timestamp / 1000;
      heard.rate = data.sampleRate;
      // A busy main thread delays arrival, never the stamp: the quickest frame tells how the two clocks lie.
      heard.lag = Math.min(heard.lag, arrived - at);
      const samples = new Float32Array(data.numberOfFrames);
      data.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
      data.close();
      heard.pieces.push({ at, arrived, samples });
    }
  }
  function sound(): SoundNote[] {
    return tracks
      .flatMap((track) =>
        track.pieces.map(({ at, samples }) => {
          let sum = 0;
          for (const sample of samples) sum += sample * sample;
          const t = at + track.lag;
          const gain = track.gains.findLast((change) => change.t <= t)?.gain ?? 1;
          return { t, rms: gain * Math.sqrt(sum / Math.max(1, samples.length)) };
        }),
      )
      .sort((a, b) => a.t - b.t);
  }
  function recording(from: number): { rate: number; base64: string } {
    const track = tracks.at(-1);
    if (!track) return { rate: 48_000, base64: "" };
    const pieces = track.pieces.filter((piece) => piece.at + track.lag >= from);
    const pcm = new Int16Array(pieces.reduce((all, piece) => all + piece.samples.length, 0));
    let n = 0;
    for (const { samples } of pieces) {
      for (const sample of samples) pcm[n++] = Math.max(-1, Math.min(1, sample)) * 32_767;
    }
    const bytes = new Uint8Array(pcm.buffer);
    let binary = "";
    for (let i = 0; i < bytes.length; i += 32_768) binary += String.fromCharCode(...bytes.subarray(i, i + 32_768));
    return { rate: track.rate, base64: btoa(binary) };
  }
  const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  if (source?.set) {
    const { get, set } = source;
    Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
      configurable: true,
      enumerable: true,
      get,
      set(this: HTMLMediaElement, stream: MediaProvider | null) {
        if (stream instanceof MediaStream) tap(stream, gainsOf(this));
        set.call(this, stream);
      },
    });
  }
  if (unheard) {
    const Running = window.AudioContext;
    window.AudioContext = class extends Running {
      constructor(options?: AudioContextOptions) {
        super(options);
        void super.suspend();
      }
      override async resume(): Promise<void> {}
    };
  }
  // A graph that goes straight to the speakers is heard as well.
  const speakers = new WeakMap<BaseAudioContext, MediaStreamAudioDestinationNode>();
  const connect = AudioNode.prototype.connect as (this: AudioNode, ...rest: unknown[]) => AudioNode;
  AudioNode.prototype.connect = function (this: AudioNode, ...rest: unknown[]) {
    if (
      rest[0] instanceof AudioDestinationNode &&
      this.context instanceof AudioContext &&
      this.context !== mouth?.context
    ) {
      let out = speakers.get(this.context);
      if (!out) {
        out = this.context.createMediaStreamDestination();
        speakers.set(this.context, out);
        tap(out.stream);
      }
      connect.call(this, out);
    }
    return connect.apply(this, rest);
  } as typeof AudioNode.prototype.connect;

  // The socket -------------------------------------------------------------------------------------------------------
  const Plain = window.WebSocket;
  function note(way: "up" | "down", data: unknown): void {
    const text = typeof data === "string" ? data : "";
    const bytes = data instanceof ArrayBuffer || ArrayBuffer.isView(data) ? data.byteLength : text.length;
    notes.push({ t: performance.now(), way, text, bytes });
  }
  window.WebSocket = class extends Plain {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener("message", (message) => note("down", message.data));
    }
    override send(data: string | Blob | BufferSource): void {
      note("up", data);
      super.send(data);
    }
  };
}
