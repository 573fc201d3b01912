/** What the Worker sends along with a guest's page, so that its first picture waits for no second answer. No DOM here: both sides read it. */
import type { LinkDoor, Postcard, WatchDoor } from "../../legs/links.ts";
import type { GuestWords } from "./words/index.ts";

interface Common {
  /** Two letters: of the words, and of dates. */
  language: string;
  words: GuestWords;
}

export type PageData = Common &
  /** `asked` false: the Worker could not see which browser it is, so the page asks itself whether a call of it is on. `voice_bytes`: ears and voice of the built-in Luna; null: not known. */
  (
    | { page: "call"; door: LinkDoor; asked: boolean; voice_bytes: number | null }
    | { page: "watch"; door: WatchDoor }
    /** `card` null: deleted, too old, or never there; or, where `on`, its call has not ended. */
    | { page: "postcard"; card: Postcard | null; on: boolean }
  );

/** The element that holds it, as JSON. */
export const DATA_ID = "given";
/** What the page is drawn into; until then it shows the head that the Worker has drawn. */
export const ROOT_ID = "luna";
