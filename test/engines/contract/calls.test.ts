/** WebRTC over HTTP: what Luna posts has the shape of what real clients posted, and what real servers answered is understood. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { exchange, hangUp } from "../../../src/engines/webrtc.ts";
import type { SessionConfig } from "../../../src/realtime/events.ts";
import { capturesMissing, type RecordedExchange, recordedExchanges } from "../../realtime/captures.ts";
import { AZURE, COMPATIBLE, KEY, type Left, LUNA_STYLE, OPENAI, providerOf, VENDORS, wayOut } from "./vendors.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

const recorded = (host: string, path: string) =>
  recordedExchanges().find(({ request }) => {
    const url = new URL(request.uri);
    return url.hostname.endsWith(host) && url.pathname.endsWith(path);
  }) as RecordedExchange;

/** As the recorded server answered. */
function again({ response }: RecordedExchange): Response {
  const headers = Object.entries(response.headers).flatMap(([name, values]) =>
    // Of the connection of that day.
    /^(connection|content-length|transfer-encoding)$/.test(name) ? [] : values.map((value) => [name, value] as const),
  );
  const body = response.body?.string ?? JSON.stringify(response.parsed_body);
  return new Response(body, { status: response.status.code, headers: headers.map(([name, value]) => [name, value]) });
}

interface Part {
  headers: Record<string, string>;
  body: string;
}

/** A form as it stands on the wire (RFC 7578), in its order. */
function partsOf(contentType: string, body: string): Part[] {
  const boundary = /^multipart\/form-data; ?boundary="?([^";]+)"?$/.exec(contentType)?.[1];
  if (boundary === undefined) throw new Error(`no form: ${contentType}`);
  const pieces = body.split(`--${boundary}`);
  expect(pieces.shift()).toBe("");
  expect(pieces.pop()).toMatch(/^--(\r\n)?$/);
  return pieces.map((piece) => {
    const [head = "", ...rest] = piece.replace(/^\r\n/, "").replace(/\r\n$/, "").split("\r\n\r\n");
    const lines = head.split("\r\n").map((line) => line.split(/: ?/) as [string, string]);
    return {
      headers: Object.fromEntries(lines.map(([name, value]) => [name.toLowerCase(), value])),
      body: rest.join("\r\n\r\n"),
    };
  });
}

const headersOf = (parts: Part[]) => parts.map(({ headers }) => headers);

describe.skipIf(capturesMissing)("an offer at OpenAI", () => {
  const real = recorded("api.openai.com", "/realtime/calls");
  const [realSdp, realSession] = capturesMissing
    ? []
    : partsOf(real.request.headers["content-type"]?.[0] ?? "", real.request.body ?? "");

  /** Luna with the recorded client's offer and session, to each vendor that takes forms. */
  async function offered(vendor: typeof OPENAI) {
    const { model: _, ...session } = JSON.parse(realSession?.body ?? "") as SessionConfig;
    const left = wayOut(() => again(real));
    const wanted = { provider: providerOf(vendor.settings), key: KEY, sdp: realSdp?.body ?? "", session };
    return { left, answer: await exchange(wanted), session };
  }

  test.each([OPENAI, LUNA_STYLE, COMPATIBLE])("is one form, part by part as the real one: $name", async (vendor) => {
    const { left, session } = await offered(vendor);
    expect(left).toHaveLength(1);
    const [{ method, url, headers, body } = {} as Left] = left;
    expect(method).toBe(real.request.method);
    expect(url.href).toBe(`${vendor.address}/realtime/calls`);
    expect(headers).toEqual({ ...vendor.header, "content-type": headers["content-type"] });
    const parts = partsOf(headers["content-type"] ?? "", body);
    expect(headersOf(parts)).toEqual(headersOf([realSdp, realSession] as Part[]));
    expect(parts[0]?.body).toBe(realSdp?.body);
    expect(JSON.parse(parts[1]?.body ?? "")).toEqual({ ...session, model: vendor.model });
  });

  test("is at the real address, with the real session when the model is the same", async () => {
    const { model } = JSON.parse(realSession?.body ?? "") as { model: string };
    const { left } = await offered({ ...OPENAI, settings: { REALTIME_MODEL: model } });
    expect(left[0]?.url.href).toBe(real.request.uri);
    const parts = partsOf(left[0]?.headers["content-type"] ?? "", left[0]?.body ?? "");
    expect(JSON.parse(parts[1]?.body ?? "")).toEqual(JSON.parse(realSession?.body ?? ""));
  });

  test("never ends early: what separates the parts is in neither of them", async () => {
    const seen = new Set<string>();
    for (let n = 0; n < 5; n++) {
      const { left } = await offered(OPENAI);
      seen.add(left[0]?.headers["content-type"] ?? "");
      expect(partsOf(left[0]?.headers["content-type"] ?? "", left[0]?.body ?? "")).toHaveLength(2);
    }
    // Not to be guessed by whoever writes instructions.
    expect(seen.size).toBe(5);
  });

  test("answered with 201, text/plain and a relative Location, gives the description and the call's id", async () => {
    const { answer } = await offered(OPENAI);
    const location = real.response.headers.location?.[0] ?? "";
    expect(location).toMatch(/^\/v1\/realtime\/calls\//);
    expect(answer).toEqual({ ok: true, sdp: real.response.body?.string, rtc_id: location.split("/").at(-1) });
  });
});

describe.skipIf(capturesMissing)("an offer at Azure", () => {
  const minting = recorded("openai.azure.com", "/realtime/client_secrets");
  const answering = recorded("openai.azure.com", "/realtime/calls");
  const asked = minting?.request.parsed_body as { session: SessionConfig & { model: string } };
  const deployment = asked?.session.model;

  function offered(...answers: (() => Response)[]) {
    const left = wayOut(...answers);
    const { model: _, ...session } = asked.session;
    const settings = { ...AZURE.settings, REALTIME_MODEL: deployment };
    const wanted = { provider: providerOf(settings), key: KEY, sdp: answering.request.body ?? "", session };
    return { left, answer: exchange(wanted) };
  }

  test("is two requests, as the real client made them: a secret bound to the session, then the description itself", async () => {
    const { left, answer } = offered(
      () => again(minting),
      () => again(answering),
    );
    await answer;
    expect(left.map(({ method }) => method)).toEqual(["POST", "POST"]);
    expect(left.map(({ url }) => url.pathname)).toEqual(
      [minting, answering].map(({ request }) => new URL(request.uri).pathname),
    );
    const [secret, description] = left;
    expect(secret?.headers["content-type"]).toBe(minting.request.headers["content-type"]?.[0]);
    expect(JSON.parse(secret?.body ?? "")).toEqual(asked);
    expect(description?.headers["content-type"]).toBe(answering.request.headers["content-type"]?.[0]);
    expect(description?.body).toBe(answering.request.body);
  });

  test("shows the key once, as api-key, where the secret is minted; the description goes with the secret alone", async () => {
    const { left, answer } = offered(
      () => again(minting),
      () => again(answering),
    );
    await answer;
    const { value } = minting.response.parsed_body as { value: string };
    expect(left[0]?.headers).toEqual({ "api-key": KEY, "content-type": "application/json" });
    expect(left[1]?.headers).toEqual({ authorization: `Bearer ${value}`, "content-type": "application/sdp" });
  });

  test("answered as Azure did, gives the description and the call's id", async () => {
    const { answer } = offered(
      () => again(minting),
      () => again(answering),
    );
    const location = answering.response.headers.location?.[0] ?? "";
    const { rtc_id } = { rtc_id: location.split("/").at(-1) };
    expect(await answer).toEqual({ ok: true, sdp: answering.response.body?.string, rtc_id });
  });

  test("whose secret is refused goes no further, and says that it was the key", async () => {
    const { left, answer } = offered(() => new Response('{"error":{"code":"401"}}', { status: 401 }));
    expect(await answer).toMatchObject({ ok: false, gone: { code: "invalid_api_key", retriable: false } });
    expect(left).toHaveLength(1);
  });

  test.each([{}, { value: null }, { client_secret: { value: "ek_old_shape" } }])(
    "whose secret comes in another shape is a fault of the provider's: %j",
    async (body) => {
      const { left, answer } = offered(() => Response.json(body));
      expect(await answer).toMatchObject({ ok: false, gone: { code: "server_error", retriable: true } });
      expect(left).toHaveLength(1);
    },
  );
});

describe.skipIf(capturesMissing)("an answer that is no call", () => {
  const real = recorded("api.openai.com", "/realtime/calls");
  const sdp = real?.response.body?.string ?? "";
  const location = real?.response.headers.location?.[0] ?? "";

  test.each([
    ["without a Location", new Response(sdp, { status: 201 })],
    ["with a Location that names no call", new Response(sdp, { status: 201, headers: { location: "/" } })],
    ["with a body that is no description", new Response("{}", { status: 201, headers: { location } })],
    ["with no body", new Response(null, { status: 201, headers: { location } })],
  ])("%s is left for the relay", async (_, response) => {
    wayOut(() => response);
    const wanted = { provider: providerOf({}), key: KEY, sdp, session: { type: "realtime" } as const };
    expect(await exchange(wanted)).toMatchObject({ ok: false, gone: { code: "no_webrtc", retriable: true } });
  });
});

test.each(VENDORS)(
  "$name is told to hang up under the call's id, with the key",
  async ({ settings, address, header }) => {
    const left = wayOut(() => new Response(null, { status: 200 }));
    await hangUp(providerOf(settings), KEY, "rtc_u2_demo");
    expect(left).toHaveLength(1);
    expect(left[0]).toMatchObject({ method: "POST", headers: header, body: "" });
    expect(left[0]?.url.href).toBe(`${address}/realtime/calls/rtc_u2_demo/hangup`);
  },
);
