/** Somebody else's site: pages at an origin of their own, which know nothing of Luna but the line that they were given. */
import { once } from "node:events";
import { createServer } from "node:http";

export interface Site {
  /** `http://127.0.0.1:<port>`: to a browser another site than `http://localhost:<port>`. */
  origin: string;
  stop(): Promise<void>;
}

/** @param pages by path; @param headers of all of them. */
export async function startSite(
  pages: () => Record<string, string>,
  headers: () => Record<string, string> = () => ({}),
): Promise<Site> {
  const server = createServer((request, response) => {
    const body = pages()[new URL(request.url ?? "/", "http://site").pathname];
    response.writeHead(body === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8", ...headers() });
    response.end(body ?? "");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port was given.");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
