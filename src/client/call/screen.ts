/**
 * The screen stays on while a call is on. A browser lets go of that whenever the page is hidden, so it is asked for again when the
 * page is back. Gives the function that lets the screen rest.
 */
export function keepScreenOn(): () => void {
  let lock: WakeLockSentinel | null = null;
  let over = false;
  const ask = async () => {
    if (document.visibilityState !== "visible") return;
    try {
      const given = (await navigator.wakeLock?.request("screen")) ?? null;
      if (over) void given?.release().catch(() => undefined);
      else lock = given;
    } catch {
      // Refused: the screen may go dark, the call goes on.
    }
  };
  document.addEventListener("visibilitychange", ask);
  void ask();
  return () => {
    over = true;
    document.removeEventListener("visibilitychange", ask);
    void lock?.release().catch(() => undefined);
  };
}
