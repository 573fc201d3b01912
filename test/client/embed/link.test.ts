import { describe, expect, it } from "vitest";
import { addressesOf } from "../../../src/client/embed/link.ts";

const LUNA = "https://luna.example";
const TOKEN = "q6Yc1mZp0A_-RkT3vX8w2g";
const FOUND = { framed: `${LUNA}/c/${TOKEN}?embed=1`, page: `${LUNA}/c/${TOKEN}` };

describe("a link named by a site", () => {
  it.each([TOKEN, ` ${TOKEN} `, `${LUNA}/c/${TOKEN}`, `/c/${TOKEN}`, `${LUNA}/c/${TOKEN}?utm=1#x`])(
    "is found in %j",
    (text) => expect(addressesOf(text, LUNA)).toEqual(FOUND),
  );

  it.each([
    "",
    "short",
    `https://evil.example/c/${TOKEN}`,
    `//evil.example/c/${TOKEN}`,
    `https://luna.example.evil.example/c/${TOKEN}`,
    `https://luna.example@evil.example/c/${TOKEN}`,
    `http://luna.example/c/${TOKEN}`,
    `javascript:alert(1)//c/${TOKEN}`,
    `data:text/html,<script>alert(1)</script>/c/${TOKEN}`,
    `${LUNA}/w/${TOKEN}`,
    `${LUNA}/c/${TOKEN}/more`,
    `${LUNA}/c/../host#${TOKEN}`,
    `${LUNA}/c/${TOKEN}%2f..%2fhost`,
    `${TOKEN}"onload="alert(1)`,
  ])("is none of this Luna's in %j", (text) => {
    expect(addressesOf(text, LUNA)).toBeUndefined();
  });
});
