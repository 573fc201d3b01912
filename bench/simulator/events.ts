/** Server events of the Realtime protocol as the simulated upstream sends them: strings put together, nothing serialised. */

export interface Answering {
  response: string;
  item: string;
}

const event = (type: string, rest: string) => `{"type":"${type}","event_id":"event_bench"${rest}}`;

/** The bytes are passed on as base64, as they came. */
export function audioDelta({ response, item }: Answering, base64: string): string {
  return `{"type":"response.output_audio.delta","event_id":"event_bench","response_id":"${response}","item_id":"${item}","output_index":0,"content_index":0,"delta":"${base64}"}`;
}

export function transcriptDelta({ response, item }: Answering, words: string): string {
  return event(
    "response.output_audio_transcript.delta",
    `,"response_id":"${response}","item_id":"${item}","output_index":0,"content_index":0,"delta":"${words}"`,
  );
}

export function sessionEvent(type: "session.created" | "session.updated", session: object): string {
  return JSON.stringify({ type, event_id: "event_bench", session });
}

/** A response begins: one message, one audio part. */
export function responseBegins({ response, item }: Answering): string[] {
  const place = `,"response_id":"${response}","output_index":0`;
  return [
    event(
      "response.created",
      `,"response":{"id":"${response}","object":"realtime.response","status":"in_progress","output":[]}`,
    ),
    event(
      "response.output_item.added",
      `${place},"item":{"id":"${item}","type":"message","role":"assistant","status":"in_progress","content":[]}`,
    ),
    event(
      "response.content_part.added",
      `${place},"item_id":"${item}","content_index":0,"part":{"type":"audio","transcript":""}`,
    ),
  ];
}

/** It ends, and says what it has used. `cancelled`: the caller spoke into it. */
export function responseEnds(
  { response, item }: Answering,
  words: string,
  status: "completed" | "cancelled" = "completed",
): string[] {
  const place = `,"response_id":"${response}","item_id":"${item}","output_index":0,"content_index":0`;
  const finished = status === "completed" ? "completed" : "incomplete";
  const message = `{"id":"${item}","type":"message","role":"assistant","status":"${finished}","content":[{"type":"output_audio","transcript":"${words}"}]}`;
  const details = status === "cancelled" ? `{"type":"cancelled","reason":"turn_detected"}` : "null";
  return [
    event("response.output_audio.done", place),
    event("response.output_audio_transcript.done", `${place},"transcript":"${words}"`),
    event("response.output_item.done", `,"response_id":"${response}","output_index":0,"item":${message}`),
    event(
      "response.done",
      `,"response":{"id":"${response}","object":"realtime.response","status":"${status}","status_details":${details},"output":[${message}],"usage":{"total_tokens":160,"input_tokens":100,"output_tokens":60,"input_token_details":{"text_tokens":50,"audio_tokens":50,"cached_tokens":0},"output_token_details":{"text_tokens":10,"audio_tokens":50}}}`,
    ),
  ];
}

export function speechStarts(item: string): string {
  return event("input_audio_buffer.speech_started", `,"item_id":"${item}","audio_start_ms":0`);
}

/** The caller has finished: the turn is committed and its words arrive. */
export function speechEnds(item: string, words: string): string[] {
  const message = (content: string) =>
    `,"item":{"id":"${item}","type":"message","role":"user","status":"completed","content":[${content}]}`;
  return [
    event("input_audio_buffer.speech_stopped", `,"item_id":"${item}","audio_end_ms":1000`),
    event("input_audio_buffer.committed", `,"item_id":"${item}","previous_item_id":null`),
    event("conversation.item.added", `,"previous_item_id":null${message(`{"type":"input_audio","transcript":null}`)}`),
    event(
      "conversation.item.input_audio_transcription.completed",
      `,"item_id":"${item}","content_index":0,"transcript":"${words}"`,
    ),
    event(
      "conversation.item.done",
      `,"previous_item_id":null${message(`{"type":"input_audio","transcript":"${words}"}`)}`,
    ),
  ];
}

/** The model calls a tool beside what it is saying. */
export function toolCalled({ response }: Answering, callId: string, name: string, args: string): string {
  return event(
    "response.output_item.done",
    `,"response_id":"${response}","output_index":1,"item":{"id":"item_${callId}","type":"function_call","status":"completed","call_id":"${callId}","name":"${name}","arguments":${JSON.stringify(args)}}`,
  );
}
