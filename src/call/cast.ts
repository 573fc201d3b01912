/** Everybody who can answer in a call, and by what name. */
import type { CallState } from "./state.ts";

/** Somebody who can answer. */
export interface CastMember {
  key: string;
  title: string;
  speaker: string;
}

/** Who can answer in this call. */
export interface Cast {
  members: readonly CastMember[];
  /** Key of who answers first. */
  first: string;
  /** Where the voice is locked, another engine takes over with the right one. */
  rotates: boolean;
}

const LUNA: CastMember = { key: "luna", title: "The bank", speaker: "Luna" };
export const LUNA_ALONE: Cast = { members: [LUNA], first: LUNA.key, rotates: false };

export function memberOf(state: CallState, key: string): CastMember | undefined {
  return (state.setup.cast ?? LUNA_ALONE).members.find((member) => member.key === key);
}

/** Name of who speaks in Luna's place; undefined while she does herself. */
export function standInName(state: CallState): string | undefined {
  const { in_force } = state.persona;
  return in_force === LUNA.key ? undefined : memberOf(state, in_force)?.speaker;
}
