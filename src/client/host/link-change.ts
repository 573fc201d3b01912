/** What the host wants otherwise of a link that is out already, as the form holds it; and as the API takes it. Pure. */
import type { LinkChange, LinkShown } from "../../legs/links.ts";

export interface ChangeWish {
  label: string;
  note: string;
  /** Hours from now; "" is until revoked, `keep` as it is. */
  expires_in_hours: string;
}

/** The form as it opens: nothing is changed. */
export function wishOf({ label, note }: Pick<LinkShown, "label" | "note">): ChangeWish {
  return { label, note, expires_in_hours: "keep" };
}

/** The first thing that does not fit, and what to do; `null` where all does. The server looks again. */
export function changeFault({ label, note }: ChangeWish): { field: keyof ChangeWish; says: string } | null {
  if (label.trim() === "") return { field: "label", says: "A link needs a name, so that you can tell it from others." };
  if (label.trim().length > 60) return { field: "label", says: "The name may have 60 characters." };
  if (note.trim().length > 500) return { field: "note", says: "The words to the guest may have 500 characters." };
  return null;
}

/** Only what differs: what another host has changed meanwhile stays. `null` where nothing does. @param wish without a fault. */
export function changeOf(wish: ChangeWish, link: Pick<LinkShown, "label" | "note">): LinkChange | null {
  const { expires_in_hours: hours } = wish;
  const change: LinkChange = {
    ...(wish.label.trim() === link.label ? {} : { label: wish.label.trim() }),
    ...(wish.note.trim() === link.note ? {} : { note: wish.note.trim() }),
    ...(hours === "keep" ? {} : { expires_in_hours: hours === "" ? null : Number(hours) }),
  };
  return Object.keys(change).length === 0 ? null : change;
}
