/** Everybody who can answer in a call, and by what name. */
import type { CallState } from "./state.ts";

/** Somebody who can answer. */
export interface CastMember {
  key: string;
  title: string;
  speaker: string;
  /** `markOf` their instructions, by which an engine's echo tells who it is; absent where nobody knows them. */
  words?: string;
}

/** A text told from others in a few characters: its length and its FNV-1a hash. */
export function markOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return `${text.length}.${(hash >>> 0).toString(36)}`;
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

/** Whose instructions these are; undefined where they are nobody's, or nobody knows. */
export function memberWith(state: CallState, instructions: string | undefined): CastMember | undefined {
  if (!instructions) return undefined;
  const mark = markOf(instructions);
  return state.setup.cast?.members.find((member) => member.words === mark);
}

/** Who speaks, as the record has it: the key where there is a cast, and the name where it is not Luna's own. */
export function speaking(state: CallState, response_id: string | undefined): { persona?: string; speaker?: string } {
  const { in_force, responses } = state.persona;
  const key = responses.find(([id]) => id === response_id)?.[1] ?? in_force;
  const speaker = key === LUNA.key ? undefined : memberOf(state, key)?.speaker;
  return {
    ...(state.setup.cast === undefined ? {} : { persona: key }),
    ...(speaker === undefined ? {} : { speaker }),
  };
}
