/** What is looked for in the history, as the address of the page holds it: a question can be kept, sent, and gone back to. Pure. */

export const FIELDS = ["q", "scenario", "outcome", "mode", "link", "from", "to", "sort"] as const;
export type Field = (typeof FIELDS)[number];
export type Asked = Record<Field, string>;

export const NOTHING_ASKED: Asked = {
  q: "",
  scenario: "",
  outcome: "",
  mode: "",
  link: "",
  from: "",
  to: "",
  sort: "newest",
};

/** Sorts that need every call to be looked at; with words, calls come by time. */
const BY_VALUE = new Set(["longest", "dearest", "slowest"]);

/** @param search `location.search` */
export function askedIn(search: string): Asked {
  const given = new URLSearchParams(search);
  const asked = { ...NOTHING_ASKED };
  for (const field of FIELDS) asked[field] = given.get(field) ?? asked[field];
  return settled(asked);
}

/** A change of one field, with what follows from it. */
export function changed(asked: Asked, field: Field, value: string): Asked {
  return settled({ ...asked, [field]: value });
}

function settled(asked: Asked): Asked {
  return asked.q.trim() !== "" && BY_VALUE.has(asked.sort) ? { ...asked, sort: "newest" } : asked;
}

/** As a query: of the page's address, and of `GET /api/history`. */
export function queryOf(asked: Asked): string {
  const given = FIELDS.filter((field) => asked[field].trim() !== "" && !(field === "sort" && asked.sort === "newest"));
  return new URLSearchParams(given.map((field) => [field, asked[field].trim()])).toString();
}

/** How many fields narrow the list. */
export function narrowedBy(asked: Asked): number {
  return FIELDS.filter((field) => field !== "sort" && asked[field].trim() !== "").length;
}
