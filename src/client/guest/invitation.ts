/** The link this page was opened with: whether it is open, what keeps the guest out, and the call that it opens. */
import { computed, effect, signal } from "@preact/signals";
import type { GuestCallInput, LinkDoor } from "../../legs/links.ts";
import type { CallOpened } from "../../legs/open-call.ts";
import { ApiProblem } from "../api.ts";
import { goHome, returnToCall, startCall } from "../call/current.ts";
import { leftCall } from "../call/way-back.ts";
import { PAGE_WIRE_VERSION } from "../state/limits.ts";
import { DEFAULTS } from "../state/settings.ts";
import { aiFailed, apiKey, config, hostToken, panelTouched, settings, taps } from "../state/store.ts";
import { CACHE } from "../voice/voice-files.ts";
import { getDoor, openByLink, takeBack } from "./api.ts";
import { given, names, say } from "./given.ts";

const NOWHERE: LinkDoor = {
  state: "unknown",
  host_name: "",
  note: "",
  scenario: null,
  persona: null,
  mode: "scripted",
  language: "en",
  minutes: 0,
  pin: false,
  locked_until: null,
  record: false,
  watched: false,
  turnstile: null,
  yours: false,
};

export const door = signal<LinkDoor>(given.page === "call" ? given.door : NOWHERE);

/** This browser has fetched ears and voice before. */
export const voiceKept = signal(false);

/** What the guest typed as PIN. */
export const pin = signal("");
/** Of the Turnstile widget, good once; null while it is not there. */
export const human = signal<string | null>(null);
/** Counts calls that were tried: a widget's token has then been used. */
export const tries = signal(0);

/** Why the last try was refused. `words` are the server's own, in English, where this page has none for it. */
export const refusal = signal<{ words: string; ours: boolean; pin: boolean } | null>(null);

/** What the call in progress, or the last one, leaves behind. `ends_at` by the call's clock. */
export const visit = signal<{ postcard: string; ends_at: number } | null>(null);
/** When the call was answered, by the call's clock. */
const answeredAt = signal<number | null>(null);
/** How long the call may last from its answer on, ms; null where this page does not know. */
export const lasts = computed(() =>
  visit.value === null || answeredAt.value === null ? null : Math.max(0, visit.value.ends_at - answeredAt.value),
);

/** Sets the page up for a guest: no key, no settings, and straight back into a call that a reload cut off. */
export function prepare(): void {
  apiKey.value = "";
  hostToken.value = "";
  panelTouched.value = true;
  settings.value = { ...DEFAULTS };
  effect(() => {
    const { mode, host_name, persona } = door.value;
    const server_key = mode === "ai" ? "open" : "none";
    const nothing = {
      host: false,
      staff: false,
      default_model: "",
      models: [],
      voices: [],
      generation: [],
      methods: [],
    };
    config.value = { ...nothing, server_key, wire: PAGE_WIRE_VERSION };
    const host = host_name === "" ? given.words.somebody : host_name;
    names.value = { host, speaker: persona?.speaker ?? "Luna", place: persona?.place ?? given.words.bank };
  });
  taps.add((event) => {
    if (event.type === "luna.call") answeredAt.value = event.started_at;
  });
  const left = leftCall();
  if (left?.postcard !== undefined && left.ends_at !== undefined) {
    visit.value = { postcard: left.postcard, ends_at: left.ends_at };
  }
  void voiceIsKept();
  if (!returnToCall() && given.page === "call" && !given.asked) void lookAgain();
}

async function voiceIsKept(): Promise<void> {
  try {
    voiceKept.value = await caches.has(CACHE);
  } catch {
    // By http, or in a private window: nothing is kept.
  }
}

/** The guest would rather call anew than go back to the call that is on. */
export const anew = signal(false);

/** Takes over the call that this browser has by this link: its tab was closed, or is another one. Must run in the click itself. */
export async function backToCall(typing: boolean): Promise<void> {
  const { scenario } = door.value;
  if (scenario === null) return;
  refusal.value = null;
  try {
    const { mode, ...way } = await takeBack();
    visit.value = { postcard: way.postcard, ends_at: way.ends_at };
    const { id, title } = scenario;
    const page = { scenario: id, title, typing, ai: mode === "ai", muted: false, held: false, marks: {} };
    returnToCall({ ...way, ...page, at: Date.now() });
  } catch (problem) {
    refuse(problem);
  }
}

/** Opens the call. Must run in the click itself. */
export function callByLink(typing: boolean): void {
  const { scenario } = door.value;
  if (scenario === null) return;
  refusal.value = null;
  if (door.value.pin && !/^\d{4,8}$/.test(pin.value)) {
    refusal.value = { words: say("pin_missing"), ours: true, pin: true };
    return;
  }
  aiFailed.value = false;
  startCall({ scenario: scenario.id, title: scenario.title, typing, open });
}

async function open(): Promise<CallOpened> {
  const wish: GuestCallInput = {
    ...(door.value.pin ? { pin: pin.value } : {}),
    ...(human.value === null ? {} : { turnstile: human.value }),
  };
  try {
    const opened = await openByLink(wish);
    visit.value = { postcard: opened.postcard, ends_at: opened.ends_at };
    answeredAt.value = null;
    return opened;
  } catch (problem) {
    refuse(problem);
    throw problem;
  } finally {
    human.value = null;
    tries.value += 1;
  }
}

/** Back at the door, with a word why. */
function refuse(problem: unknown): void {
  goHome();
  const { code, message } = problem instanceof ApiProblem ? problem : { code: "unreachable", message: "" };
  refusal.value = refusalFor(code, message);
  void lookAgain();
}

const OURS = {
  pin_wrong: "pin_wrong",
  pin_wanted: "pin_missing",
  too_many: "too_many",
  robot: "robot",
  unreachable: "unreachable",
} as const;

/** The server's own sentence tells most, for instance how long to wait; it is English. */
function refusalFor(code: string, message: string): NonNullable<typeof refusal.value> {
  const ours = Object.hasOwn(OURS, code) ? OURS[code as keyof typeof OURS] : undefined;
  const translated = ours !== undefined && (given.language !== "en" || message === "");
  return { words: translated ? say(ours) : message, ours: translated, pin: code.startsWith("pin_") };
}

/** The link may have closed since this page was loaded: then the page says so. */
async function lookAgain(): Promise<void> {
  try {
    door.value = await getDoor();
  } catch {
    // The door stays as it was; the next try tells.
  }
  const { locked_until } = door.value;
  if (refusal.value?.ours && locked_until !== null) refusal.value = { words: say("pin_locked"), ours: true, pin: true };
}

/** Leaves what is shown after a call. */
export function backToInvitation(): void {
  goHome();
  anew.value = false;
  refusal.value = null;
  void lookAgain();
}
