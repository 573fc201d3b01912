/** The page by keyboard alone: no mouse, no script, only keys, as somebody without a pointer has it. */
import type { LunaPage } from "./page.ts";

/** More stops than the page has. */
const MOST_STOPS = 120;

interface Focused {
  role: string;
  name: string;
}

/** What has the focus, as a screen reader would name it. */
async function focused(luna: LunaPage): Promise<Focused> {
  return luna.page.evaluate(() => {
    const at = document.activeElement;
    if (!(at instanceof HTMLElement) || at === document.body) return { role: "", name: "" };
    const input = at instanceof HTMLInputElement ? at : undefined;
    const role = at.getAttribute("role") ?? (input?.type === "radio" ? "radio" : at.tagName.toLowerCase());
    const labels = input ? [...(input.labels ?? [])].map((label) => label.textContent ?? "").join(" ") : "";
    const name = at.getAttribute("aria-label") ?? (labels || (at.textContent ?? ""));
    return { role, name: name.replace(/\s+/g, " ").trim() };
  });
}

/** Presses Tab until something of this name has the focus. @throws when the whole page has been walked without it. */
export async function tabTo(luna: LunaPage, name: RegExp): Promise<void> {
  const met: string[] = [];
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    const at = await focused(luna);
    if (name.test(at.name)) return;
    met.push(`${at.role} "${at.name.slice(0, 40)}"`);
    await luna.page.keyboard.press("Tab");
  }
  throw new Error(`Tab never reaches ${name}. Met: ${[...new Set(met)].join(", ")}`);
}

/** Chooses "Typing only" and opens the call with the card of this title. */
export async function callByKeys(luna: LunaPage, title: RegExp): Promise<void> {
  await tabTo(luna, /^Voice$|^Typing only$/);
  await luna.page.keyboard.press("ArrowRight");
  await luna.until("typing chosen", () => luna.page.getByRole("radio", { name: "Typing only" }).isChecked());
  await tabTo(luna, title);
  await luna.page.keyboard.press("Enter");
}

/** Types to Luna from wherever the focus is. */
export async function typeByKeys(luna: LunaPage, words: string): Promise<void> {
  const box = luna.page.getByRole("textbox", { name: /^Message to / });
  if (!(await box.evaluate((field) => field === document.activeElement))) await luna.page.keyboard.press("/");
  await luna.until("the message field has the focus", () => box.evaluate((field) => field === document.activeElement));
  await luna.page.keyboard.type(words);
  await luna.page.keyboard.press("Enter");
}
