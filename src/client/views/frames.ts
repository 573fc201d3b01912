/** Drawing at thirty pictures a second, and none while nobody looks. */
const FRAME_MS = 33;

/** Calls `draw` about thirty times a second while the page is visible. Gives the function that stops it. */
export function everyFrame(draw: (now: number) => void): () => void {
  let last = 0;
  let handle = requestAnimationFrame(function step(now) {
    handle = requestAnimationFrame(step);
    if (now - last < FRAME_MS - 4) return;
    last = now;
    draw(now);
  });
  return () => cancelAnimationFrame(handle);
}

export const stillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
