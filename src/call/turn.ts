/** What the record of a call is made of. */

/** One thing said, by either side. Ordered by `order`, never by arrival. */
export interface Turn {
  /** Id of the conversation item. */
  item_id: string;
  order: number;
  who: "caller" | "luna" | "specialist";
  /** Name of who spoke in Luna's place. */
  speaker?: string;
  /** Key of the persona that spoke: Luna's turns, in calls where somebody else can take over. Null or absent: nobody's. */
  persona?: string | null;
  how: "typed" | "speech";
  /** Everything said; for Luna, everything generated. */
  text: string;
  /** What reached the ear, cut at a word. For the caller the same as `text`. */
  heard: string;
  state: "live" | "final" | "interrupted" | "unclear";
  /** Unix ms at which the turn began. */
  at: number;
  /** End of the caller's speech to first sound at the ear, ms; Luna's turns only, null where not measured. */
  latency_ms: number | null;
  /** End of the caller's speech to the first audio byte at the object, ms; Luna's turns only, null where not measured. */
  server_ms?: number | null;
  /** US dollars: of Luna's turn with the tool calls that led to it, or of the caller's transcription; null where not known. */
  cost_usd?: number | null;
}

/** One tool call, as it goes into the record. */
export interface ToolRun {
  call_id: string;
  name: string;
  /** Arguments as JSON with card-like digits taken out. */
  arguments: string;
  state: "done" | "refused" | "failed";
  /** Why it was refused, by the tools' own codes; absent where it was not, and in calls of before this was kept. */
  code?: string;
  /** One plain sentence. */
  summary: string;
  /** Turns known when it started. */
  order: number;
  at: number;
  ms: number;
}
