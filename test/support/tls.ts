/**
 * A door with TLS in front of a server without: `openai` and the AI SDK's token factory make `wss` of every address, on
 * localhost too. The certificate is made here and now, and nobody signs it but itself.
 */
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { createServer } from "node:tls";
import { createSelfSignedCertificate } from "werift";

/** SHA-256 with ECDSA, the two numbers of RFC 5246 section 7.4.1.4.1. */
const SHA256_ECDSA = { hash: 4, signature: 3 } as const;

export interface TlsDoor {
  /** `https://127.0.0.1:<port>` */
  url: string;
  stop(): Promise<void>;
}

/** @param target `http://127.0.0.1:<port>` of the server behind. */
export async function tlsDoor(target: string): Promise<TlsDoor> {
  const { certPem, keyPem } = await createSelfSignedCertificate(SHA256_ECDSA);
  const behind = Number(new URL(target).port);
  const open = new Set<{ destroy(): void }>();
  const server = createServer({ cert: certPem, key: keyPem }, (client) => {
    const inner = connect(behind, "127.0.0.1");
    for (const side of [client, inner]) {
      open.add(side);
      side.on("close", () => open.delete(side));
      // A side that breaks takes the other with it.
      side.on("error", () => {
        for (const one of [client, inner]) one.destroy();
      });
    }
    client.pipe(inner).pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      for (const side of open) side.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
