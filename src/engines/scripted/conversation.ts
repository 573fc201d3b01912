/** The items of one session in their order, with what a GA server checks before it lets an item in, cuts it or drops it. */
import { base64 } from "../../audio/base64.ts";
import type { AssistantMessage, Item, NewItem } from "../../realtime/events.ts";
import { joined } from "./input-buffer.ts";
import type { Refusal } from "./session-merge.ts";

/** Sound of more than this is forgotten, oldest item first: three minutes of PCM16. */
const MOST_BYTES = 8 * 1024 * 1024;

interface Kept {
  item: Item;
  /** Length of the audio an item has, ms; 0 for text. */
  audio_ms: number;
  /** The audio itself, in the format it was sent in, for as long as there is room. */
  sound: Uint8Array[];
  bytes: number;
  /** Cut by the client: it has no transcript any more, whatever comes after. */
  cut: boolean;
}

export class Conversation {
  readonly id: string;
  #kept: Kept[] = [];
  #bytes = 0;

  constructor(id: string) {
    this.id = id;
  }

  /** The items, oldest first. */
  items(): Item[] {
    return this.#kept.map((kept) => kept.item);
  }

  lastId(): string | null {
    return this.#kept.at(-1)?.item.id ?? null;
  }

  find(id: string): Item | undefined {
    return this.#entry(id)?.item;
  }

  /** The id of the item before this one, or null for the first. */
  before(id: string): string | null {
    const at = this.#kept.findIndex((kept) => kept.item.id === id);
    return at > 0 ? (this.#kept[at - 1]?.item.id ?? null) : null;
  }

  /** Why a client may not create this item here, or null when it may. */
  refuses(item: NewItem, previous: string | null | undefined): Refusal | null {
    if (item.id && this.#entry(item.id)) {
      return {
        code: "item_create_duplicate_item_id",
        message: `Error adding item: an item with id '${item.id}' already exists.`,
        param: "item.id",
      };
    }
    if (previous && previous !== "root" && !this.#entry(previous)) {
      return {
        code: "item_create_invalid_previous_item_id",
        message: `Error adding item: the previous item with id '${previous}' does not exist.`,
        param: "previous_item_id",
      };
    }
    if (item.type === "function_call_output" && !this.#hasCall(item.call_id)) {
      return {
        code: "invalid_tool_call_id",
        message: `Tool call ID '${item.call_id}' not found in conversation.`,
        param: "item.call_id",
      };
    }
    return null;
  }

  /** Puts an item after `previous` (`root` = first, absent = last) and answers with the id it now stands behind. */
  add(item: Item, previous?: string | null): string | null {
    const kept: Kept = { item, audio_ms: 0, sound: [], bytes: 0, cut: false };
    if (previous === "root") this.#kept.unshift(kept);
    else if (previous) this.#kept.splice(this.#kept.findIndex((other) => other.item.id === previous) + 1, 0, kept);
    else this.#kept.push(kept);
    return this.before(item.id);
  }

  replace(item: Item): void {
    const kept = this.#entry(item.id);
    if (kept) kept.item = kept.cut ? withoutTranscript(item) : item;
  }

  /** `bytes`: the sound itself, as a client gets it back when it retrieves the item. */
  addAudio(id: string, ms: number, bytes?: Uint8Array): void {
    const kept = this.#entry(id);
    if (!kept) return;
    kept.audio_ms += ms;
    if (!bytes || bytes.length === 0) return;
    kept.sound.push(bytes);
    kept.bytes += bytes.length;
    this.#bytes += bytes.length;
    for (const old of this.#kept) {
      if (this.#bytes <= MOST_BYTES) return;
      this.#forgetSound(old);
    }
  }

  /** The item with its sound in it, where it has one that is still kept. */
  whole(id: string): Item | undefined {
    const kept = this.#entry(id);
    const { item } = kept ?? {};
    if (!kept || kept.bytes === 0 || item?.type !== "message" || item.role === "system") return item;
    const audio = base64(joined(kept.sound));
    const content = item.content.map((part) =>
      part.type === "input_audio" || part.type === "output_audio" ? { ...part, audio } : part,
    );
    return { ...item, content } as Item;
  }

  /** Drops the item; false when there is none. */
  remove(id: string): boolean {
    const at = this.#kept.findIndex((kept) => kept.item.id === id);
    const [gone] = at < 0 ? [] : this.#kept.splice(at, 1);
    if (gone) this.#forgetSound(gone);
    return gone !== undefined;
  }

  #forgetSound(kept: Kept): void {
    this.#bytes -= kept.bytes;
    kept.bytes = 0;
    kept.sound = [];
  }

  /**
   * Cuts the audio of an assistant item at `end_ms` and forgets its transcript, as the provider does; answers with
   * the refusal where the item is unknown, has no audio, or is shorter than that.
   */
  truncate(id: string, content_index: number, end_ms: number): Refusal | null {
    const kept = this.#entry(id);
    if (!kept) {
      return {
        code: "item_truncate_invalid_item_id",
        message: `Error truncating item: the item with id '${id}' does not exist.`,
        param: "item_id",
      };
    }
    const { item } = kept;
    if (!isAssistant(item) || !isAudible(item, content_index) || kept.audio_ms === 0) {
      return {
        code: "unsupported_content_type",
        message: "Only model output audio messages can be truncated",
        param: "item_id",
      };
    }
    const length = Math.floor(kept.audio_ms);
    if (end_ms > length) {
      return {
        code: "invalid_value",
        message: `Audio content of ${length}ms is already shorter than ${end_ms}ms`,
        param: "audio_end_ms",
      };
    }
    this.#cutSound(kept, end_ms);
    kept.cut = true;
    kept.item = withoutTranscript(item);
    return null;
  }

  #cutSound(kept: Kept, end_ms: number): void {
    const sound = joined(kept.sound);
    const bytes = Math.floor((sound.length * end_ms) / (kept.audio_ms * 2)) * 2;
    this.#forgetSound(kept);
    kept.audio_ms = end_ms;
    if (bytes === 0) return;
    kept.sound = [sound.slice(0, bytes)];
    kept.bytes = bytes;
    this.#bytes += bytes;
  }

  /** Assistant audio exists: from now on the voice is locked. */
  hasAssistantAudio(): boolean {
    return this.#kept.some((kept) => isAssistant(kept.item) && kept.audio_ms > 0);
  }

  audioMs(id: string): number {
    return this.#entry(id)?.audio_ms ?? 0;
  }

  #entry(id: string): Kept | undefined {
    return this.#kept.find((kept) => kept.item.id === id);
  }

  #hasCall(call_id: string): boolean {
    return this.#kept.some((kept) => kept.item.type === "function_call" && kept.item.call_id === call_id);
  }
}

export function isAssistant(item: Item): item is AssistantMessage {
  return item.type === "message" && item.role === "assistant";
}

/** A part that is sound; of an item in the making there is none yet to look at. */
function isAudible(item: AssistantMessage, content_index: number): boolean {
  if (item.status === "in_progress") return content_index === 0;
  return item.content[content_index]?.type === "output_audio";
}

/** An assistant item whose words nobody heard to the end: the audio is there, what it said is not. */
function withoutTranscript(item: Item): Item {
  if (!isAssistant(item)) return item;
  const content = item.content.map((part) =>
    part.type === "output_audio" ? ({ type: "output_audio" } as const) : part,
  );
  return { ...item, content };
}
