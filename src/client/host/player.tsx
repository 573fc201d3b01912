/** The recording of a call: waveform, play and pause, and which word sounds. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { clock } from "../export/transcript.ts";
import { Icon } from "../views/icon.tsx";
import { recordingUrl } from "./api.ts";
import { say } from "./state.ts";
import type { Sound } from "./timing.ts";

export interface PlayerHandle {
  /** Plays from here on, seconds of the recording. */
  hear(at: number): void;
}

interface Props {
  id: string;
  seconds: number;
  /** Name of the side that answers. */
  answers: string;
  /** `null` until it is there: the player is, and can play. */
  sound: Sound | null;
  /** Where the play head is, seconds. */
  at: Signal<number>;
  onReady: (handle: PlayerHandle) => void;
}

const SPEEDS = [1, 1.5, 2];

export function Player({ id, seconds, answers, sound, at, onReady }: Props) {
  const media = useRef<HTMLAudioElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const playing = useSignal(false);
  const speed = useSignal(1);
  const play = () =>
    media.current?.play().catch((thrown: Error) => {
      // Pausing right after is no failure.
      if (thrown.name !== "AbortError") say("The recording cannot be played right now. Try again in a moment.", "bad");
    });
  useEffect(() => {
    const element = media.current;
    if (element === null) return;
    onReady({
      hear: (from) => {
        element.currentTime = from;
        at.value = from;
        void play();
      },
    });
  }, [id]);
  useEffect(() => {
    const element = media.current;
    if (element === null || sound === null) return;
    let gone = false;
    let wave: { destroy(): void } | undefined;
    void import("./waveform.ts").then(({ drawWave }) => {
      if (!gone && box.current) wave = drawWave(box.current, element, sound, seconds, nonce());
    });
    return () => {
      gone = true;
      wave?.destroy();
    };
  }, [id, sound]);
  // The element tells its place four times a second; a word is shorter.
  useEffect(() => {
    if (!playing.value) return;
    let frame = 0;
    const look = () => {
      at.value = media.current?.currentTime ?? 0;
      frame = requestAnimationFrame(look);
    };
    look();
    return () => cancelAnimationFrame(frame);
  }, [playing.value]);
  return (
    <section class="player" aria-label="Recording">
      <div class="player-sides" aria-hidden="true">
        <span>Caller</span>
        <span>{answers}</span>
      </div>
      <div ref={box} class="player-wave" aria-hidden="true" />
      <div class="player-controls">
        <button
          type="button"
          class="button button-primary player-play"
          onClick={() => (playing.value ? media.current?.pause() : void play())}
        >
          <Icon name={playing.value ? "pause" : "speaker"} size={18} />
          {playing.value ? "Pause" : "Play"}
        </button>
        <label class="player-seek">
          <span class="visually-hidden">Place in the recording</span>
          <input
            type="range"
            min={0}
            max={Math.ceil(seconds)}
            step={1}
            value={Math.floor(at.value)}
            aria-valuetext={`${clock(at.value)} of ${clock(seconds)}`}
            onInput={(event) => {
              at.value = Number(event.currentTarget.value);
              if (media.current) media.current.currentTime = at.value;
            }}
          />
        </label>
        <span class="player-time">
          {clock(at.value)} / {clock(seconds)}
        </span>
        <button
          type="button"
          class="button button-small"
          aria-label={`Speed ${speed.value}×`}
          onClick={() => {
            speed.value = SPEEDS[(SPEEDS.indexOf(speed.value) + 1) % SPEEDS.length] ?? 1;
            if (media.current) media.current.playbackRate = speed.value;
          }}
        >
          {speed.value}×
        </button>
        <a class="button button-small" href={recordingUrl(id)} download={`luna-${id}.wav`}>
          <Icon name="download" size={18} />
          WAV
        </a>
      </div>
      {/* biome-ignore lint/a11y/useMediaCaption: its words stand in the transcript below, in step. */}
      <audio
        ref={media}
        src={recordingUrl(id)}
        preload="none"
        onPlay={() => (playing.value = true)}
        onPause={() => (playing.value = false)}
        onEnded={() => (playing.value = false)}
        onTimeUpdate={(event) => (at.value = event.currentTarget.currentTime)}
        onSeeking={(event) => (at.value = event.currentTarget.currentTime)}
      />
    </section>
  );
}

/** Of the page's style policy. The attribute reads as empty, the property does not. */
function nonce(): string {
  return document.querySelector<HTMLLinkElement>("link[nonce]")?.nonce ?? "";
}
