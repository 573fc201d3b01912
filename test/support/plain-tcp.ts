/**
 * `openai` makes `wss` of every address and hands `options` on to `ws`, which asks `createConnection` for its line: so a plain one
 * to a Luna on this machine is one option away (`docs/clients/README.md`).
 */
import { connect } from "node:net";
import type { ClientOptions } from "ws";

interface Where {
  host?: string;
  port?: number | string;
}

/** `ws` declares `net.connect` itself with all its forms; it calls this one only. */
const plain = ({ host = "localhost", port }: Where) => connect(Number(port), host);

export const plainTcp: ClientOptions = { createConnection: plain as ClientOptions["createConnection"] };
