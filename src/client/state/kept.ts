/** localStorage that may be missing or refuse (private windows, blocked site data): the page then forgets, and works. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Refused: the choice holds until the page closes.
  }
}
