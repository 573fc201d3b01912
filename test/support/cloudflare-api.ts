/**
 * An imitation of the part of Cloudflare's API that `wrangler deploy` uses, for an account that begins empty: databases (with a real
 * SQLite behind each), buckets, Workers, their files and secrets. It answers as wrangler's source expects, no more. Whatever is asked
 * that it does not know is answered as not found, and kept in `unknown`.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const SUBDOMAIN = "aurora";

interface Worker {
  /** The `metadata` part of each upload, oldest first. */
  uploads: Upload[];
  secrets: string[];
}

/** What wrangler says of a Worker as it uploads it. */
export interface Upload {
  bindings: { name: string; type: string; [more: string]: unknown }[];
  exports?: Record<string, unknown>;
  code_update_strategy?: unknown;
  [more: string]: unknown;
}

class Refusal extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export class CloudflareApi {
  /** Whether somebody has switched R2 on in this account. */
  r2 = true;
  readonly databases = new Map<string, DatabaseSync>();
  readonly buckets = new Set<string>();
  readonly workers = new Map<string, Worker>();
  /** `METHOD /path` of everything that was asked. */
  readonly asked: string[] = [];
  readonly unknown: string[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    for (const database of this.databases.values()) database.close();
  }

  /** What makes wrangler ask here, as somebody who may do everything. */
  get env(): Record<string, string> {
    const { port } = this.#server.address() as AddressInfo;
    return {
      CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${port}/client/v4`,
      CLOUDFLARE_API_TOKEN: "token-of-a-test",
      CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
    };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    const path = url.pathname.replace("/client/v4", "").replace(`/accounts/${ACCOUNT}`, "");
    const asked = `${request.method} ${path}`;
    this.asked.push(asked);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const answer = (status: number, answered: object) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(answered));
    };
    try {
      const result = this.#result(asked, body, String(request.headers["content-type"] ?? ""));
      if (result === undefined) {
        this.unknown.push(asked);
        throw new Refusal(404, 10_404, `This imitation does not know ${asked}`);
      }
      const page = { page: 1, per_page: 100, count: 1, total_count: 1 };
      answer(200, { success: true, errors: [], messages: [], result, result_info: page });
    } catch (thrown) {
      const { status = 500, code = 1, message } = thrown as Partial<Refusal> & Error;
      answer(status, { success: false, errors: [{ code, message }], messages: [], result: null });
    }
  }

  /** Undefined: nobody has thought of this. */
  #result(asked: string, body: Buffer, type: string): unknown {
    const [, kind = "", name = "", rest = ""] =
      /^\w+ \/(d1\/database|r2\/buckets|workers\/\w+)(?:\/([^/]+))?(?:\/(.+))?$/.exec(asked) ?? [];
    const method = asked.split(" ")[0] ?? "";
    if (kind === "d1/database") return this.#database(method, name, rest, body);
    if (kind === "r2/buckets") return this.#bucket(method, name, body);
    if (kind === "workers/subdomain") return { subdomain: SUBDOMAIN };
    if (kind === "workers/services") return this.#service(name);
    if (kind === "workers/workers")
      return { ...this.#named(name), subdomain: { enabled: true, previews_enabled: false } };
    if (kind === "workers/scripts") return this.#script(method, name, rest, body, type);
    return undefined;
  }

  #database(method: string, name: string, action: string, body: Buffer): unknown {
    if (method === "POST" && name === "") {
      const wish = JSON.parse(body.toString()) as { name: string };
      if (this.databases.has(wish.name)) throw new Refusal(400, 7502, "A database with that name already exists");
      this.databases.set(wish.name, new DatabaseSync(":memory:"));
      return { uuid: `id-of-${wish.name}`, name: wish.name };
    }
    if (name === "") return [...this.databases.keys()].map((one) => ({ uuid: `id-of-${one}`, name: one }));
    const real = name.replace(/^id-of-/, "");
    const database = this.databases.get(real);
    if (!database) throw new Refusal(404, 7404, `The database ${name} could not be found`);
    if (action === "") return { uuid: `id-of-${real}`, name: real };
    if (action === "query") return query(database, (JSON.parse(body.toString()) as { sql: string }).sql);
    return undefined;
  }

  #bucket(method: string, name: string, body: Buffer): unknown {
    if (!this.r2) throw new Refusal(403, 10_042, "Please enable R2 through the Cloudflare Dashboard.");
    if (method === "POST") {
      const wish = JSON.parse(body.toString()) as { name: string };
      this.buckets.add(wish.name);
      return { name: wish.name };
    }
    if (name === "")
      return { buckets: [...this.buckets].map((one) => ({ name: one, creation_date: "2026-01-01T00:00:00Z" })) };
    if (!this.buckets.has(name)) throw new Refusal(404, 10_006, "The specified bucket does not exist.");
    return { name };
  }

  #named(name: string): Worker {
    const worker = this.workers.get(name);
    if (!worker) throw new Refusal(404, 10_090, "This Worker does not exist on your account.");
    return worker;
  }

  #service(name: string): unknown {
    this.#named(name);
    const script = { id: name, tag: `tag-of-${name}`, tags: [], last_deployed_from: "wrangler" };
    return { id: name, default_environment: { environment: "production", script } };
  }

  #script(method: string, name: string, rest: string, body: Buffer, type: string): unknown {
    if (rest === "assets-upload-session") return { jwt: "files-are-here", buckets: [] };
    if (rest === "settings") return { bindings: this.#bound(name) };
    if (rest === "secrets") return this.#named(name).secrets.map((one) => ({ name: one, type: "secret_text" }));
    if (rest === "schedules") return { schedules: JSON.parse(body.toString()) as unknown };
    if (rest === "subdomain") return { enabled: true, previews_enabled: false };
    if (rest === "script-settings") return JSON.parse(body.toString() || "{}") as unknown;
    if (rest === "deployments" && method === "GET") return { deployments: [] };
    if (rest === "deployments") return { id: "00000000-0000-4000-8000-00000000000d" };
    if ((rest === "" && method === "PUT") || (rest === "versions" && method === "POST")) {
      const worker = this.workers.get(name) ?? { uploads: [], secrets: [] };
      worker.uploads.push(metadataIn(body, type));
      this.workers.set(name, worker);
      const version = `00000000-0000-4000-8000-${String(worker.uploads.length).padStart(12, "0")}`;
      return { id: version, deployment_id: version, startup_time_ms: 9, resources: { script: { etag: "etag" } } };
    }
    return undefined;
  }

  /** As the API lists them: resolved, so that the next deploy can inherit them. */
  #bound(name: string): unknown[] {
    return (this.#named(name).uploads.at(-1)?.bindings ?? []).filter((binding) => binding.type !== "inherit");
  }
}

/** Statements one after the other, each with its rows, as D1 answers them. */
function query(database: DatabaseSync, sql: string): unknown[] {
  const asks = /^\s*(select|pragma)/i.test(sql);
  if (!asks) database.exec(sql);
  const rows = asks ? database.prepare(sql).all() : [];
  return [{ results: rows, success: true, meta: { duration: 0, changes: 0, rows_read: 0, rows_written: 0 } }];
}

/** The `metadata` field of an upload's form. */
function metadataIn(body: Buffer, type: string): Upload {
  const boundary = /boundary="?([^";]+)/.exec(type)?.[1] ?? "";
  const part = body
    .toString("latin1")
    .split(`--${boundary}`)
    .find((one) => one.includes('name="metadata"'));
  return JSON.parse(part?.slice(part.indexOf("\r\n\r\n") + 4).trim() ?? "{}") as Upload;
}
