/** The one call this page can have: opening it, and what the person does in it. The views call these functions. */
import { effect, signal } from "@preact/signals";
import type { CallOpened, OpenCallInput } from "../../legs/open-call.ts";
import type { PageMessageInput } from "../../legs/wire.ts";
import { ApiProblem, getBank, openCall } from "../api.ts";
import type { Trouble } from "../audio/line.ts";
import { AudioLine, LineTrouble } from "../audio/line.ts";
import { FAULTS } from "../audio/trouble.ts";
import { callSettings, voiceKind } from "../state/settings.ts";
import { beginSteps, lineStats, mark } from "../state/steps.ts";
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
  needsGesture,
  needsTap,
  onHold,
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
import type { KeptCall } from "./kept-call.ts";
import type { CallSession, SessionPorts, SessionVoice } from "./session.ts";
import { SystemSpeech, systemSpeech } from "./system-speech.ts";
import { fetchTalk, forgetWay, lastingWire, leftCall, showReturning, type Talk, type Way } from "./way-back.ts";

/** The call token lives a minute: a microphone prompt nobody answers must not outlive it. */
const PROMPT_PATIENCE_MS = 10_000;
/** Here the bank fits beside the call, so that one sees what the call changes. */
const WIDE = "(min-width: 1360px)";
/** A context that may run does so within this time. */
const SOUND_PATIENCE_MS = 400;
/** Sound that a tap brings back; see `resumeSound`. */
const TAPPABLE: readonly Trouble[] = ["interrupted", "frozen"];
/** The call goes on as it is: worth a word, not a fault that stays. */
const PASSING: readonly Trouble[] = ["microphone_ended", "playback_failed", "no_output"];

export interface Wish {
  scenario: string;
  title: string;
  /** Never ask for the microphone, do not load the voice: write and read. */
  typing: boolean;
  /** Another door than the page's own: a guest's link. It may refuse, so the microphone is asked for only behind it. */
  open?: () => Promise<CallOpened>;
}

/** The wish of the call on screen, for "Call again". */
export const lastWish = signal<Wish | null>(null);

/** Models stay loaded from one call to the next. */
let localVoice: LocalVoice | null = null;
/** What speaks in this call where the engine brings no voice. */
const speaking = signal<SessionVoice | null>(null);
let line: AudioLine | null = null;
let session: CallSession | null = null;
let letScreenRest: (() => void) | undefined;
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
  const kind = voiceKind(settings.value, hasSystemVoice());
  const silent = wish.typing || (kind === "none" && badge.value !== "ai");
  const mine = pickUp(wish, silent);
  beginSteps();
  tell({ type: "local.opening", scenario: wish.scenario, title: wish.title, microphone: !silent });
  if (silent && !wish.typing) tell({ type: "local.notice", code: "no_voice", tone: "info", message: NO_VOICE });
  if (matchMedia(WIDE).matches && !panelTouched.value && panel.value === null) panel.value = "bank";
  const own = ownVoice();
  if (own === localVoice && !silent && badge.value !== "ai") localVoice.load(showLoading).catch(() => undefined);
  void dial(wish, mine, own, attempt);
}

/** Goes straight back into a call: the one that a reload of this page cut off. false: there is none that still waits. */
export function returnToCall(kept = leftCall()): boolean {
  if (kept === null) return false;
  const { scenario, title, typing } = kept;
  const mine = pickUp({ scenario, title, typing }, typing);
  showReturning(kept);
  const own = ownVoice();
  const opening = openLine(mine, typing || (own instanceof SystemSpeech && !kept.ai));
  microphoneMuted.value = kept.muted;
  onHold.value = kept.held;
  void goBack(kept, mine, own, attempt);
  void opening.then(() => askForGesture(mine));
  return true;
}

async function goBack(kept: KeptCall, mine: AudioLine, own: SessionVoice, number: number): Promise<void> {
  try {
    const talk = await fetchTalk();
    if (number !== attempt) return;
    const mySession = new talk.CallSession(ports(mine, own, talk, kept), kept.typing);
    session = mySession;
    mySession.connect();
    letScreenRest = talk.keepScreenOn();
    if (microphoneMuted.value) mySession.muteMicrophone(true);
    if (onHold.value) mySession.hold(true);
    for (const words of early) mySession.say(words);
  } catch {
    if (number !== attempt) return;
    tell({ type: "local.failed", message: "The page could not load its way back into the call. Reload it." });
    void mine.close();
  }
}

/** Sound and microphone mostly come back by themselves; where the browser wants a click first, the page asks for one. */
async function askForGesture(mine: AudioLine): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, SOUND_PATIENCE_MS));
  if (line !== mine || !inCall.value || typingOnly.value) return;
  needsGesture.value = !mine.running || microphoneFault.value !== null;
}

/** A new call on this page: everything of the one before is laid down. */
function pickUp(wish: Wish, silent: boolean): AudioLine {
  const mine = AudioLine.unlock();
  line = mine;
  attempt += 1;
  early = [];
  lastWish.value = wish;
  typingOnly.value = silent;
  microphoneMuted.value = false;
  speakerMuted.value = false;
  microphoneFault.value = null;
  onHold.value = false;
  needsTap.value = false;
  needsGesture.value = false;
  return mine;
}

/** What speaks and hears where the engine does not. */
function ownVoice(): SessionVoice {
  const system = voiceKind(settings.value, hasSystemVoice()) === "system";
  localVoice ??= new LocalVoice();
  const own = system ? systemSpeech(settings.value.language, systemOnDevice.value) : localVoice;
  speaking.value = own;
  return own;
}

const NO_VOICE =
  "Luna has no voice for this language, so this call is in writing. Settings offers the browser's own speech.";

function showLoading(progress: VoiceProgress | null): void {
  if (progress !== null && localVoice?.canSpeak) mark("voice");
  if (progress === null || progress.what === "ready") voicePack.value = null;
  else voicePack.value = { ...progress, what: progress.what, speaks: localVoice?.canSpeak ?? false };
}

/** The microphone prompt and the engine's handshake overlap; the greeting waits for both, within reason. */
async function dial(wish: Wish, mine: AudioLine, own: SessionVoice, number: number): Promise<void> {
  const opening = wish.open?.() ?? openCall(request(wish), hostToken.value);
  const answering = Promise.all([opening, fetchTalk()]);
  const silent = typingOnly.value || (own instanceof SystemSpeech && badge.value !== "ai");
  const prompt = wish.open ? opening.then(() => openLine(mine, silent)) : openLine(mine, silent);
  answering.then(
    () => mark("token"),
    () => undefined,
  );
  const waiting = new Promise<void>((resolve) => {
    stopWaiting = resolve;
    setTimeout(resolve, PROMPT_PATIENCE_MS);
  });
  try {
    const [[opened, talk]] = await Promise.all([answering, Promise.race([prompt, waiting])]);
    if (number !== attempt) return;
    const way = { ...wish, ...opened, typing: typingOnly.value, ai: badge.value === "ai" };
    session = new talk.CallSession(ports(mine, own, talk, way), typingOnly.value);
    session.connect();
    // Pressed while it rang.
    if (microphoneMuted.value) session.muteMicrophone(true);
    if (opened.method) void talk.goByPeer({ opened, session, line: mine, mark, show: tell, lineStats });
    tell({ type: "local.connecting" });
    for (const words of early) session.say(words);
    letScreenRest = talk.keepScreenOn();
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
    if (!typing) mark("microphone");
  } catch (trouble) {
    onTrouble(trouble instanceof LineTrouble ? trouble.code : "microphone_failed");
  }
}

function onTrouble(code: Trouble): void {
  if (TAPPABLE.includes(code)) needsTap.value = true;
  else if (!PASSING.includes(code)) microphoneFault.value = FAULTS[code];
  else tell({ type: "local.notice", code, tone: "warning", message: `${FAULTS[code].message} ${FAULTS[code].remedy}` });
}

function ports(mine: AudioLine, own: SessionVoice, talk: Talk, way: Way): SessionPorts {
  return {
    line: mine,
    voice: own,
    connect: (listener) => lastingWire(talk, way, listener),
    show: tell,
    onTrouble,
    onVoiceLoading: showLoading,
    onAiFailed: () => {
      aiFailed.value = true;
    },
    onToolDone: () => void refreshBank(),
    key: () => apiKey.value,
    onOver: () => {
      if (own instanceof SystemSpeech) own.close();
      over();
    },
    now: () => performance.now(),
    id: talk.pageId,
  };
}

function over(): void {
  session = null;
  forgetWay();
  letScreenRest?.();
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
  goOffHold();
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
  goOffHold();
  const pending = call.value.confirm;
  if (pending !== null) session?.confirm(pending.token, yes);
}

export function toggleMicrophone(): void {
  microphoneMuted.value = !microphoneMuted.value;
  session?.muteMicrophone(microphoneMuted.value);
}

export function toggleHold(): void {
  onHold.value = !onHold.value;
  session?.hold(onHold.value);
}

/** Whoever types or clicks is there again: the call takes it so, and this page must not stay deaf. */
function goOffHold(): void {
  if (onHold.value) toggleHold();
}

export function record(on: boolean): void {
  session?.record(on);
}

/** Anything else the page may say to its call. */
export function sendToCall(message: PageMessageInput): void {
  session?.send(message);
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

/** The click that a page needs which came back by itself: sound, and the microphone if it was refused without one. */
export async function goOn(): Promise<void> {
  needsGesture.value = false;
  const sound = resumeSound();
  if (microphoneFault.value !== null) await retryMicrophone();
  await sound;
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
