/** What the caller said earlier, when they ask for it. */

const BEFORE = /\bwhat (?:did|have) i (?:just |last )?(?:say|said|ask|asked|tell|told)\b|\brepeat what i said\b/i;
const FIRST = /\b(?:first|at the (?:start|beginning)|in the beginning)\b/i;
/** "My favourite color is teal", "I am called Ada". */
const STATED = /\bmy ([\p{L} ]{2,30}?) (?:is|was|are) ([^.,!?;]+?)(?= and my\b|[.,!?;]|$)/giu;
const NAMED = /\b(?:i am|i'm) (?:called|named) ([^.,!?;]+)/gi;
const ASKED = /\b(?:what(?:'s| is| was| are)|tell me|do you (?:know|remember))\b[^?]*\bmy\b/i;

/** The answer to "what did I say before?"; undefined when nobody asks. */
export function earlier(words: string, before: readonly string[]): string | undefined {
  if (!BEFORE.test(words)) return undefined;
  const said = FIRST.test(words) ? before[0] : before.at(-1);
  return said ? `Before that you said: ${said}` : "You haven't said anything before that.";
}

/** The answer to "what is my name?", from what the caller has told; undefined when nobody asks or it was never told. */
export function fact(words: string, before: readonly string[]): string | undefined {
  if (!ASKED.test(words)) return undefined;
  const known = new Map<string, { label: string; value: string }>();
  for (const text of before) {
    for (const [, label = "", value = ""] of text.matchAll(STATED))
      known.set(key(label), { label, value: value.trim() });
    for (const [, value = ""] of text.matchAll(NAMED)) known.set("name", { label: "name", value: value.trim() });
  }
  const asked = key(words);
  const found = [...known].filter(([label]) => ` ${asked} `.includes(` ${label} `)).map(([, one]) => one);
  if (found.length === 0) return undefined;
  const list = found.map(({ label, value }, at) => `${at === 0 ? "Your" : "your"} ${label} is ${value}`);
  return `${list.join(", and ")}.`;
}

/** For comparing labels. */
function key(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}
