import { expect, test } from "vitest";
import { hashOf } from "../../src/access/secret.ts";
import { newToken, spend, TOKEN_LIVES_MS } from "../../src/durable/call/token.ts";

const NOW = 1_800_000_000_000;

test("a token opens one socket, once", async () => {
  const { token, state } = await newToken(NOW);
  const spent = spend(await hashOf(token), state, NOW + 1);
  expect(() => spend(spent.hash, spent, NOW + 2)).toThrow(/already open in another tab/);
});

test("a minute later it is too late", async () => {
  const { token, state } = await newToken(NOW);
  expect(() => spend(state.hash, state, NOW + TOKEN_LIVES_MS + 1)).toThrow(/waited too long/);
  expect(spend(await hashOf(token), state, NOW + TOKEN_LIVES_MS).used).toBe(true);
});

test("another token, or one for no call at all, is not known", async () => {
  const { state } = await newToken(NOW);
  const other = await hashOf("guess");
  expect(() => spend(other, state, NOW)).toThrow(/not known/);
  expect(() => spend(other, undefined, NOW)).toThrow(/not known/);
});

test("the token itself is nowhere in what is kept", async () => {
  const { token, state } = await newToken(NOW);
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(JSON.stringify(state)).not.toContain(token);
});
