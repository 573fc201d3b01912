/** Brakes that let so many through for each key, and never let go. */
export function atMost(most: number): RateLimit {
  const seen = new Map<string, number>();
  return {
    limit: async ({ key }) => {
      const times = (seen.get(key) ?? 0) + 1;
      seen.set(key, times);
      return { success: times <= most };
    },
  };
}
