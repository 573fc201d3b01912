import { describe, expect, it } from "vitest";
import { seemsForeign } from "../../src/words/language.ts";

describe("another language than English", () => {
  it.each([
    "hola",
    "hola, quiero bloquear mi tarjeta por favor",
    "no entiendo",
    "bonjour, je voudrais parler avec quelqu'un",
    "ich habe meine Karte verloren",
    "wie bitte, ich verstehe das nicht",
    "minä olen kadottanut korttini",
    "jag har tappat mitt kort",
    "vorrei parlare con una persona, per favore",
    "eu perdi meu cartão",
    "здравствуйте",
    "こんにちは",
  ])("is heard in: %s", (text) => {
    expect(seemsForeign(text)).toBe(true);
  });

  it.each([
    "",
    "I lost my card",
    "no, on Monday",
    "send fifty dollars to Nadia",
    "yes please",
    "no",
    "Elina Korhonen in Finland",
    "it was at Osteria Lumen",
    "from Das Haus am Markt",
    "mine is the auto loan",
    "hi, a human please",
    "4829",
    "the con man used my card in Las Vegas",
    "move it per my request",
    "José from São Paulo",
  ])("is not heard in: %s", (text) => {
    expect(seemsForeign(text)).toBe(false);
  });
});
