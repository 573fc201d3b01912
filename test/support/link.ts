/** Links for tests, made as the host's own page makes them on this machine. */
import type { LinkShown, NewLinkInput } from "../../src/legs/links.ts";
import type { Luna } from "./luna.ts";

/** @throws with what the server said when it makes none. */
export async function linkWith({ url }: Luna, wish: Partial<NewLinkInput> = {}): Promise<LinkShown> {
  const response = await fetch(`${url}/api/links`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ label: "For a test", host_name: "Robin Example", scenario: "block-card", ...wish }),
  });
  if (response.status !== 201) throw new Error(`POST /api/links: ${response.status} ${await response.text()}`);
  return (await response.json()) as LinkShown;
}
