/** The page where staff sign in and out. What applies here is uncovered by the Worker; this sends what was typed. */

const UNREACHABLE = "Luna's server cannot be reached. Check the connection and try again.";

const form = document.querySelector<HTMLFormElement>("#sign-in");
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  void signIn(form);
});
// The only thing there is to do here.
form?.querySelector<HTMLInputElement>("#password")?.focus();
for (const button of document.querySelectorAll<HTMLButtonElement>("[data-leave]")) {
  button.addEventListener("click", () => void leave(button));
}

async function signIn(form: HTMLFormElement): Promise<void> {
  const field = form.querySelector<HTMLInputElement>("#password");
  const button = form.querySelector("button");
  if (!field || !button || button.disabled) return;
  button.disabled = true;
  say(form, "");
  const answer = await ask("POST", "/api/session", { password: field.value });
  if (answer.ok) return location.replace(form.dataset.to ?? "/host");
  button.disabled = false;
  field.setAttribute("aria-invalid", "true");
  say(form, answer.said);
  field.focus();
  field.select();
}

async function leave(button: HTMLButtonElement): Promise<void> {
  button.disabled = true;
  const everywhere = button.dataset.leave === "everywhere";
  const answer = await ask("DELETE", everywhere ? "/api/session?everywhere=1" : "/api/session");
  if (answer.ok) return answer.leave === null ? location.replace("/sign-in") : location.assign(answer.leave);
  button.disabled = false;
  const part = button.closest("section");
  if (part) say(part, answer.said);
}

function say(where: HTMLElement, text: string): void {
  const line = where.querySelector(".door-said");
  if (line) line.textContent = text;
}

type Answer = { ok: true; leave: string | null } | { ok: false; said: string };

async function ask(method: "POST" | "DELETE", path: string, body?: object): Promise<Answer> {
  const init: RequestInit = { method, signal: AbortSignal.timeout(15_000) };
  if (body) {
    init.headers = { "content-type": "application/json" };
    init.body = JSON.stringify(body);
  }
  const response = await fetch(path, init).catch(() => null);
  if (response === null) return { ok: false, said: UNREACHABLE };
  const answer = (await response.json().catch(() => ({}))) as { detail?: unknown; leave?: unknown };
  if (response.ok) return { ok: true, leave: typeof answer.leave === "string" ? answer.leave : null };
  return { ok: false, said: typeof answer.detail === "string" ? answer.detail : UNREACHABLE };
}
