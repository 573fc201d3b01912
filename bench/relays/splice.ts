/** The floor for Node: two sockets of `ws`, strings copied from one to the other, nothing read. */
import { type WebSocket, WebSocketServer } from "ws";
import { openSocket } from "../simulator/caller.ts";
import { serve, upstreamUrl } from "./serve.ts";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false, skipUTF8Validation: true });
server.on("connection", (caller: WebSocket, request) => {
  const upstream = openSocket(upstreamUrl + new URL(request.url ?? "/", "http://127.0.0.1").search);
  const early: string[] = [];
  caller.on("message", (data) =>
    early.length > 0 || upstream.readyState === 0 ? early.push(`${data}`) : upstream.send(`${data}`),
  );
  upstream.on("open", () => {
    for (const text of early.splice(0)) upstream.send(text);
  });
  upstream.on("message", (data) => caller.send(`${data}`));
  for (const [one, other] of [
    [caller, upstream],
    [upstream, caller],
  ] as const)
    one.on("close", () => other.terminate()).on("error", () => {});
});
serve(server);
