/** What every route needs. */

/** Headers of an answer that nobody on its way keeps. */
export const NO_STORE = { "cache-control": "no-store" } as const;
