import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { readSettings } from "../../src/env.ts";
import { mayUseServerKey } from "../../src/routes/money.ts";

const TOKEN = "a-long-host-token";
const settings = { ...readSettings(env), serverKey: "sk-of-the-host", hostToken: TOKEN };
const request = (url: string, token?: string) =>
  new Request(url, token === undefined ? {} : { headers: { "luna-host-token": token } });

test("the server's key is open on this machine, and elsewhere only to who shows the host token", () => {
  expect(mayUseServerKey(request("http://localhost:8787/"), settings)).toBe(true);
  expect(mayUseServerKey(request("https://luna.example/"), settings)).toBe(false);
  expect(mayUseServerKey(request("https://luna.example/", "a-long-host-tokeN"), settings)).toBe(false);
  expect(mayUseServerKey(request("https://luna.example/", `${TOKEN}x`), settings)).toBe(false);
  expect(mayUseServerKey(request("https://luna.example/", TOKEN), settings)).toBe(true);
});

test("without a host token configured nobody may spend the key from elsewhere", () => {
  const none = { ...settings, hostToken: undefined };
  expect(mayUseServerKey(request("https://luna.example/", ""), none)).toBe(false);
  expect(mayUseServerKey(request("https://luna.example/", "undefined"), none)).toBe(false);
});
