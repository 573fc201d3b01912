/** A table that is looked up by words of a caller: "constructor" is a word too, and no entry of any table. */
export function table<T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.assign(Object.create(null) as Record<string, T>, entries);
}
