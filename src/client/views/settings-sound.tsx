/** Microphone and speaker: pick them, see the level, hear a tone, and have the fault named before a call. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { AudioDevices } from "../audio/devices.ts";
import { listDevices } from "../audio/devices.ts";
import { AudioLine } from "../audio/line.ts";
import { precheck } from "../audio/precheck.ts";
import type { Fault } from "../audio/trouble.ts";
import { levels, useInput, useOutput } from "../call/current.ts";
import { choose, inCall, settings, typingOnly } from "../state/store.ts";
import { everyFrame } from "./frames.ts";
import { Icon } from "./icon.tsx";
import { loudness } from "./moon.tsx";
import { Choice } from "./settings.tsx";
import { testTone } from "./test-tone.ts";

type Check = { state: "none" | "listening" | "done"; faults: Fault[] };

export function SoundSettings() {
  const devices = useSignal<AudioDevices>({ inputs: [], outputs: [] });
  const check = useSignal<Check>({ state: "none", faults: [] });
  const line = useRef<AudioLine | null>(null);
  const refresh = async () => {
    devices.value = await listDevices();
  };
  useEffect(() => {
    void refresh();
    return () => void line.current?.close();
  }, []);

  const open = async () => {
    await line.current?.close();
    const mine = AudioLine.unlock();
    line.current = mine;
    check.value = { state: "listening", faults: [] };
    const { input, output } = settings.value;
    const { faults } = await precheck(mine, input === "" && output === "" ? {} : { inputId: input, outputId: output });
    if (line.current !== mine) return;
    check.value = { state: "done", faults };
    await refresh();
  };
  const tone = async () => {
    let mine = line.current;
    if (mine === null) {
      mine = AudioLine.unlock();
      line.current = mine;
      await mine
        .open({ microphone: false, ...(settings.value.output === "" ? {} : { outputId: settings.value.output }) })
        .catch(() => undefined);
    }
    const id = `tone-${Date.now()}`;
    mine.play(id, 0, testTone());
    mine.finish(id, 0);
  };

  return (
    <section class="settings-part">
      <h3>Sound</h3>
      <Choice
        label="Microphone"
        value={settings.value.input}
        options={[["", "System default"], ...devices.value.inputs.filter((one) => one.id !== "").map(pair)]}
        onChange={(input) => {
          choose({ input });
          // A call in writing has no microphone, and no button to mute one.
          if (inCall.value && !typingOnly.value) void useInput(input);
          else if (!inCall.value && line.current !== null) void open();
        }}
      />
      {devices.value.outputs.length > 0 && (
        <Choice
          label="Speaker"
          value={settings.value.output}
          options={[["", "System default"], ...devices.value.outputs.filter((one) => one.id !== "").map(pair)]}
          onChange={(output) => {
            choose({ output });
            void line.current?.setOutput(output);
            void useOutput(output);
          }}
        />
      )}
      <LevelMeter level={() => (inCall.value ? levels().mic : (line.current?.levels().mic ?? 0))} />
      <div class="modal-buttons">
        {!inCall.value && (
          <button type="button" class="button" disabled={check.value.state === "listening"} onClick={() => void open()}>
            <Icon name="mic" size={18} />
            Check microphone
          </button>
        )}
        <button type="button" class="button" onClick={() => void tone()}>
          <Icon name="speaker" size={18} />
          Play a tone
        </button>
      </div>
      <CheckResult check={check.value} />
    </section>
  );
}

const pair = (device: { id: string; label: string }): [string, string] => [device.id, device.label];

function CheckResult({ check }: { check: Check }) {
  return (
    <div role="status">
      {check.state === "listening" && <p class="verdict verdict-testing">Listening… say something.</p>}
      {check.state === "done" && check.faults.length === 0 && (
        <p class="verdict verdict-good">
          <span class="dot" aria-hidden="true" />
          Luna can hear you.
        </p>
      )}
      {check.faults.map((fault) => (
        <p key={fault.code} class="verdict verdict-bad">
          <span class="dot" aria-hidden="true" />
          {fault.message} {fault.remedy}
        </p>
      ))}
    </div>
  );
}

function LevelMeter({ level }: { level: () => number }) {
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => everyFrame(() => bar.current?.style.setProperty("--level", loudness(level()).toFixed(3))), []);
  return (
    <div class="meter" aria-hidden="true">
      <span ref={bar} class="meter-bar" />
    </div>
  );
}
