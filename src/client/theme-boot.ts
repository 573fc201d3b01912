/** Runs before the first paint: a chosen theme must not flash the other one. */
try {
  const chosen = localStorage.getItem("luna.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // No storage: the page follows the system.
}
