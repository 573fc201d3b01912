/** Base64 both ways, with the runtime's own codec where it has one (Workers, newer Node) and `btoa`/`atob` elsewhere. */
interface NativeBytes {
  toBase64?(): string;
}
interface NativeFactory {
  fromBase64?(text: string): Uint8Array;
}

/** Small enough for the argument list of one call. */
const CHUNK = 0x8000;

export function base64(bytes: Uint8Array): string {
  const native = bytes as Uint8Array & NativeBytes;
  if (native.toBase64) return native.toBase64();
  let binary = "";
  for (let from = 0; from < bytes.length; from += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(from, from + CHUNK));
  }
  return btoa(binary);
}

/** The bytes, or undefined when the text is no base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  const native = Uint8Array as unknown as NativeFactory;
  try {
    if (native.fromBase64) return native.fromBase64(text);
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
    return bytes;
  } catch {
    return undefined;
  }
}
