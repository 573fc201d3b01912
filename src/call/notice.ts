import type { Notice } from "../legs/wire.ts";

/** A sentence for the page that nobody speaks. @param code by which the page knows one that it has shown before. */
export function noticeOf(code: string, tone: Notice["tone"], message: string): Notice {
  return { type: "luna.notice", code, tone, message };
}
