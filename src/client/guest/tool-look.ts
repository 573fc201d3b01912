/** What came of a tool, as a guest's page shows it: the signs of the main page, words in the guest's language. */
import type { ToolStatus } from "../../legs/wire.ts";
import type { IconName } from "../views/icon-names.ts";
import type { GuestWords } from "./words/index.ts";

export interface ToolLook {
  icon: IconName;
  word: keyof GuestWords;
  /** Class of its row, which has the colour. */
  tone: "running" | "done" | "refused" | "failed" | "info";
}

const TOOL = {
  running: { icon: "spin", word: "tool_running" },
  done: { icon: "check", word: "tool_done" },
  refused: { icon: "shield", word: "tool_refused" },
  failed: { icon: "alert", word: "tool_failed" },
} as const;

/** Refused, but not by the rules of whoever answers. */
const NOT_HELD: Readonly<Record<string, keyof GuestWords>> = {
  not_found: "tool_not_found",
  invalid_arguments: "tool_incomplete",
  already_done: "tool_done_before",
  unavailable: "tool_unavailable",
};

export function toolLook({ state, code = "" }: Pick<ToolStatus, "state" | "code">): ToolLook {
  const word = state === "refused" && Object.hasOwn(NOT_HELD, code) ? NOT_HELD[code] : undefined;
  return word === undefined ? { ...TOOL[state], tone: state } : { icon: "info", word, tone: "info" };
}
