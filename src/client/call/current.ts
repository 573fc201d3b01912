/** The one call this page can have: opening it, and what the person does in it. The views call these functions. */
import { effect, signal } from "@preact/signals";
import type { OpenCallInput } from "../../legs/wire.ts";
import { ApiProblem, getBank, openCall } from "../api.ts";
import type { Trouble } from "../audio/line.ts";
import { AudioLine, LineTrouble } from "../audio/line.ts";
import { FAULTS } from "../audio/trouble.ts";
import { callSettings, voiceKind } from "../state/settings.ts";
import {
  aiFailed,
  apiKey,
  badge,
  bank,
  call,
  hostToken,
  inCall,
  microphoneFault,
  microphoneMuted,
  needsTap,
  panel,
  panelTouched,
  settings,
  speakerMuted,
  systemOnDevice,
  tell,
  typingOnly,
  voicePack,
} from "../state/store.ts";
import type { VoiceProgress } from "../voice/local-voice.ts";
import { LocalVoice } from "../voice/local-voice.ts";
import { hasSystemVoice } from "../voice/system-voice.ts";
import type { SessionPorts, SessionVoice } from "./session.ts";
import { CallSession } from "./session.ts";
import { CallSocket } from "./socket.ts";
import { SystemSpeech, systemSpeech } from "./system-speech.ts";

/** The call token lives a minute: a microphone prompt nobody answers must not outlive it. */
const PROMPT_PATIENCE_MS = 10_000;
/** Here the bank fits beside the call, so that one sees what the call changes. */
const WIDE = "(min-width: 1360px)";
/** Sound that a tap brings back; see `resumeSound`. */
const TAPPABLE: readonly Trouble[] = ["interrupted", "frozen"];
/** The call goes on as it is: worth a word, not a fault that stays. */
const PASSING: readonly Trouble[] = ["microphone_ended", "playback_failed", "no_output"];

export interface Wish {
  scenario: string;
  title: string;
  /** Never ask for the microphone, do not load the voice: write and read. */
  typing: boolean;
}

/** The wish of the call on screen, for "Call again". */
export const lastWish = signal<Wish | null>(null);

/** Models stay loaded from one call to the next. */
let localVoice: LocalVoice | null = null;
/** What speaks in this call where the engine brings no voice. */
const speaking = signal<SessionVoice | null>(null);
let line: AudioLine | null = null;
let session: CallSession | null = null;
let wakeLock: WakeLockSentinel | null = null;
/** Counts the calls begun here: an answer for an older one is for nobody. */
let attempt = 0;
/** Typed before the call was answered. */
let early: string[] = [];
let stopWaiting: () => void = () => undefined;

/** The pace that the person chose, also when they choose anew in mid-call. */
effect(() => speaking.value?.setSpeed(settings.value.speed));

/** Opens a call. Must run in the click itself: browsers give sound only to a gesture. */
export function startCall(wish: Wish): void {
  if (inCall.value) return;
  line = AudioLine.unlock();
  attempt += 1;
  early = [];
  lastWish.value = wish;
  const kind = voiceKind(settings.value, hasSystemVoice());
  const silent = wish.typing || (kind === "none" && badge.value !== "ai");
  typingOnly.value = silent;
  microphoneMuted.value = false;
  speakerMuted.value = false;
  microphoneFault.value = null;
  needsTap.value = false;
  tell({ type: "local.opening", scenario: wish.scenario, title: wish.title, microphone: !silent });
  if (silent && !wish.typing) tell({ type: "local.notice", code: "no_voice", tone: "info", message: NO_VOICE });
  if (matchMedia(WIDE).matches && !panelTouched.value && panel.value === null) panel.value = "bank";
  const own = kind === "system" ? systemSpeech(settings.value.language, systemOnDevice.value) : loadedVoice(silent);
  speaking.value = own;
  void dial(wish, line, own, attempt);
}

const NO_VOICE =
  "Luna has no voice for this language here, so this call is in writing. Settings offers the browser's own speech.";

/** A scripted call will need the page's own voice: it loads while the phone rings. What fails is told by the session. */
function loadedVoice(silent: boolean): LocalVoice {
  localVoice ??= new LocalVoice();
  if (!silent && badge.value !== "ai") localVoice.load(showLoading).catch(() => undefined);
  return localVoice;
}

function showLoading(progress: VoiceProgress | null): void {
  if (progress === null || progress.what === "ready") voicePack.value = null;
  else voicePack.value = { ...progress, what: progress.what, speaks: localVoice?.canSpeak ?? false };
}

/** The microphone prompt and the engine's handshake overlap; the greeting waits for both, within reason. */
async function dial(wish: Wish, mine: AudioLine, own: SessionVoice, number: number): Promise<void> {
  const answering = openCall(request(wish), hostToken.value);
  const prompt = openLine(mine, typingOnly.value || (own instanceof SystemSpeech && badge.value !== "ai"));
  const waiting = new Promise<void>((resolve) => {
    stopWaiting = resolve;
    setTimeout(resolve, PROMPT_PATIENCE_MS);
  });
  try {
    const [opened] = await Promise.all([answering, Promise.race([prompt, waiting])]);
    if (number !== attempt) return;
    session = new CallSession(
      ports(mine, own, (listener) => new CallSocket(opened, listener)),
      typingOnly.value,
    );
    session.connect();
    tell({ type: "local.connecting" });
    for (const words of early) session.say(words);
    void keepScreenOn();
  } catch (problem) {
    if (number !== attempt) return;
    const message = problem instanceof ApiProblem ? problem.message : "The call could not be opened. Try again.";
    tell({ type: "local.failed", message });
    void mine.close();
  }
}

function request(wish: Wish): OpenCallInput {
  const scripted = settings.value.scripted || aiFailed.value;
  return {
    scenario: wish.scenario,
    mode: scripted ? "scripted" : "auto",
    ...(apiKey.value !== "" && !scripted ? { key: apiKey.value } : {}),
    settings: callSettings(settings.value),
  };
}

async function openLine(mine: AudioLine, typing: boolean): Promise<void> {
  const { input, output } = settings.value;
  mine.onTrouble = onTrouble;
  try {
    await mine.open({
      microphone: !typing,
      ...(input === "" ? {} : { inputId: input }),
      ...(output === "" ? {} : { outputId: output }),
    });
  } catch (trouble) {
    onTrouble(trouble instanceof LineTrouble ? trouble.code : "microphone_failed");
  }
}

function onTrouble(code: Trouble): void {
  if (TAPPABLE.includes(code)) needsTap.value = true;
  else if (!PASSING.includes(code)) microphoneFault.value = FAULTS[code];
  else tell({ type: "local.notice", code, tone: "warning", message: `${FAULTS[code].message} ${FAULTS[code].remedy}` });
}

function ports(mine: AudioLine, own: SessionVoice, connect: SessionPorts["connect"]): SessionPorts {
  return {
    line: mine,
    voice: own,
    connect,
    show: tell,
    onTrouble,
    onVoiceLoading: showLoading,
    onAiFailed: () => {
      aiFailed.value = true;
    },
    onToolDone: () => void refreshBank(),
    onOver: () => {
      if (own instanceof SystemSpeech) own.close();
      over();
    },
    now: () => performance.now(),
    id: () => `page_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`,
  };
}

function over(): void {
  session = null;
  void wakeLock?.release().catch(() => undefined);
  wakeLock = null;
  void refreshBank();
}

/** Hangs up, in whatever state the call is. `atOnce` does not wait for the call's last word. */
export function endCall(how: { atOnce?: boolean } = {}): void {
  if (!inCall.value) return;
  if (session !== null) {
    session.end();
    if (!how.atOnce) return;
    session?.abandon();
  }
  attempt += 1;
  void line?.close();
  tell({ type: "local.home" });
}

/** Leaves the screen of a call; one that is still on is hung up first. */
export function goHome(): void {
  endCall({ atOnce: true });
  tell({ type: "local.home" });
}

/** Typed words; before the call is answered they are kept, and stop the wait for the microphone. */
export function say(text: string): void {
  if (session !== null) {
    session.say(text);
    return;
  }
  early.push(text);
  stopWaiting();
}

export function stopSpeaking(): void {
  session?.stopSpeaking();
}

export function confirm(yes: boolean): void {
  const pending = call.value.confirm;
  if (pending !== null) session?.confirm(pending.token, yes);
}

export function toggleMicrophone(): void {
  microphoneMuted.value = !microphoneMuted.value;
  session?.muteMicrophone(microphoneMuted.value);
}

export function toggleSpeaker(): void {
  speakerMuted.value = !speakerMuted.value;
  line?.muteSpeaker(speakerMuted.value);
}

export function readInstead(): void {
  session?.readInstead();
}

/** Loudness of both sides, RMS 0..1. Cheap: the views ask thirty times a second. */
export function levels(): { mic: number; luna: number } {
  return session?.levels() ?? { mic: 0, luna: 0 };
}

/** Tries the microphone again, in the click that asks for it. */
export async function retryMicrophone(): Promise<void> {
  if (line === null) return;
  microphoneFault.value = null;
  typingOnly.value = false;
  await openLine(line, false);
}

/** A tap brings sound back after the system took it away. */
export async function resumeSound(): Promise<void> {
  if (line !== null && (await line.resume())) needsTap.value = false;
}

export async function useInput(id: string): Promise<void> {
  try {
    await line?.setInput(id);
    microphoneFault.value = null;
  } catch (trouble) {
    onTrouble(trouble instanceof LineTrouble ? trouble.code : "microphone_failed");
  }
}

export async function useOutput(id: string): Promise<void> {
  await line?.setOutput(id);
}

/** The bank as it is now; an old picture stays where the bank cannot be reached. */
export async function refreshBank(): Promise<void> {
  try {
    bank.value = await getBank();
  } catch {
    // The panel keeps what it had; the next tool asks again.
  }
}

async function keepScreenOn(): Promise<void> {
  try {
    wakeLock = (await navigator.wakeLock?.request("screen")) ?? null;
  } catch {
    // Refused or hidden: the screen may go dark, the call goes on.
  }
}
