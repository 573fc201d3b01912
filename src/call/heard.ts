/**
 * How much of a sentence the ear got. A provider deletes the transcript of what it cuts and never gives a shortened one, so
 * the call keeps its own: heard milliseconds are laid over the words by how long each takes to say.
 */

/** Speech runs at about 15 characters a second. */
const MS_PER_CHAR = 65;

/**
 * The part of `transcript` that was heard, cut after the last whole word.
 * Longer for more `heardMs`, and never more than the transcript.
 * @param receivedMs how much audio of it has come.
 * @param complete the audio is all there; before, the transcript runs ahead of the audio.
 */
export function heardText(transcript: string, heardMs: number, receivedMs: number, complete: boolean): string {
  if (transcript === "" || heardMs <= 0) return "";
  if (complete && receivedMs > 0 && heardMs >= receivedMs) return transcript;
  const total = weightOf(transcript);
  const spoken = complete && receivedMs > 0 ? receivedMs : Math.max(receivedMs, total * MS_PER_CHAR);
  return cutAtWord(transcript, charsSpoken(transcript, (total * heardMs) / spoken));
}

/** The first `chars` characters, less the word that was not finished. */
export function cutAtWord(text: string, chars: number): string {
  const at = Math.max(0, Math.min(text.length, Math.floor(chars)));
  if (at === text.length || /\s/.test(text.charAt(at))) return text.slice(0, at).trimEnd();
  const head = text.slice(0, at);
  const gap = head.search(/\s\S*$/);
  if (gap >= 0) return head.slice(0, gap).trimEnd();
  return /\s/.test(text) ? "" : wholeCharacters(head);
}

/** Text without spaces (Japanese, say) is cut between characters, never inside a surrogate pair. */
function wholeCharacters(head: string): string {
  return head.isWellFormed() ? head : head.slice(0, -1);
}

function charsSpoken(text: string, weight: number): number {
  let left = weight;
  for (let i = 0; i < text.length; i += 1) {
    left -= weigh(text.charCodeAt(i));
    if (left < 0) return i;
  }
  return text.length;
}

/** About how long it takes to say, ms. */
export function spokenMs(text: string): number {
  return weightOf(text) * MS_PER_CHAR;
}

function weightOf(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i += 1) sum += weigh(text.charCodeAt(i));
  return sum;
}

/** A digit is a word when spoken; a comma is a breath, the end of a sentence a pause. */
function weigh(code: number): number {
  if (code >= 0x30 && code <= 0x39) return 4;
  if (code === 0x2c || code === 0x3a || code === 0x3b) return 3;
  if (code === 0x2e || code === 0x21 || code === 0x3f) return 6;
  return 1;
}
