/**
 * Whether words are of another language than English: by their script, or by the small words that no sentence of that
 * language does without. Words that English has too are left out.
 */

const LITTLE: Readonly<Record<string, string>> = {
  es: "hola quiero necesito tengo mi por favor el la los una con para gracias no entiendo nada puedo ayuda tarjeta cuenta dinero está qué cómo perdido hablar buenos días yo",
  fr: "bonjour je voudrais veux ma mon les une avec pour merci pas parler quelqu'un j'ai perdu carte suis est aide compte bonsoir s'il vous plaît ne comprends oui",
  de: "ich habe meine mein nicht und das ist bitte wie kann guten tag karte verloren verstehe konto geld möchte brauche hilfe sprechen deutsch danke ein eine mit wollen",
  fi: "hei minä olen minun haluan kortti korttini tili rahaa kiitos apua en ymmärrä voitko puhua suomea on ole hyvää päivää kadottanut hukannut",
  sv: "hej jag har mitt min kort vill tack hjälp konto pengar förstår inte kan du prata svenska tappat är och snälla",
  it: "ciao buongiorno vorrei ho perso mia carta grazie aiuto conto soldi non capisco parlare per favore voglio sono",
  pt: "olá oi eu quero preciso meu minha cartão obrigado ajuda conta dinheiro não entendo falar perdi por favor",
};
const LISTS = Object.values(LITTLE).map((words) => new Set(words.split(" ")));
/** Also plain English, or the name of somebody. */
const ENGLISH = new Set("no favor on mi el la per an en min mit the i a in is to my".split(" "));
/** Said alone they tell enough. */
const GREETINGS = new Set("hola bonjour bonsoir buongiorno ciao hallo hei hej olá guten".split(" "));
const OTHER_SCRIPT =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Devanagari}\p{Script=Thai}]/u;
/** The share of a sentence that has to be small words of one language. */
const SHARE = 0.4;

/** True when a text is plainly not English. */
export function seemsForeign(text: string): boolean {
  if (OTHER_SCRIPT.test(text)) return true;
  const words =
    text
      .toLowerCase()
      .replaceAll("’", "'")
      .match(/[\p{L}']+/gu) ?? [];
  if (words.length > 0 && words.length <= 2 && GREETINGS.has(words[0] ?? "")) return true;
  return LISTS.some((list) => {
    const known = words.filter((word) => list.has(word));
    const telling = known.filter((word) => !ENGLISH.has(word));
    return telling.length >= 2 || (telling.length === 1 && words.length <= 3 && known.length === words.length)
      ? known.length / words.length >= SHARE
      : false;
  });
}
