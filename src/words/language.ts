/**
 * Whether words are of another language than English: by their script, or by the small words that no sentence of that
 * language does without. Words that English has too count only beside others.
 */

const LITTLE: Readonly<Record<string, string>> = {
  es: "hola quiero quisiera necesito tengo tiene tienen hay mi por favor el la los las un una unos con sin para gracias no entiendo nada puedo puede ayuda tarjeta cuenta dinero está es son qué que cómo como cuánto cuál cuáles dónde cuando fue fueron del de al y o pero perdido hablar buenos buenas días tardes noches yo me le algo muy más último año mes",
  fr: "bonjour je tu il elle nous vous voudrais veux ma mon mes le la les un une des du de avec sans pour merci pas ne parler quelqu'un quelque chose j'ai j'aimerais perdu carte suis est sont était a au aux aide compte bonsoir s'il vous plaît comprends oui non et ou que quel quelle quels quelles qu'est-ce qui comment combien dernier dernière avez c'est ce cette en sur dans",
  de: "ich du er sie es wir ihr habe hat haben hätte hätten meine mein meinen nicht kein keine und oder aber das der die den dem des ist sind war waren wird würde bitte wie was wer wo wann welche welcher welches kann können könnte guten gute tag abend morgen karte verloren verstehe konto geld möchte möchten brauche hilfe sprechen deutsch danke ein eine einen einem einer mit ohne für von vom zu zum zur im in am an auf aus bei nach über wollen will gern gerne etwas mir mich dir uns gibt noch auch nur schon sehr viel hoch letzten letzter letztes letzte letztem heute ja nein als zusammen",
  fi: "hei minä sinä olen minun haluan haluaisin kortti korttini tili rahaa kiitos apua en ei ymmärrä voitko voisitko puhua suomea on oli ole hyvää päivää iltaa kadottanut hukannut mikä mitä miten paljonko ja tai ilman jotain viime",
  sv: "hej jag har hade du vi ni mitt min mina kort vill skulle tack hjälp konto pengar förstår inte kan prata svenska tappat är var och eller snälla en ett det den som med utan för på av till något någon vad hur vilken vilka mycket förra",
  it: "ciao buongiorno buonasera vorrei ho hai ha avete perso mia mio carta grazie aiuto conto soldi non capisco parlare per favore voglio sono è era il lo la gli le un una uno con senza di del della dei che cosa come quanto quale qualcosa ultimo scorso",
  pt: "olá oi eu quero queria preciso tenho tem têm meu minha cartão obrigado obrigada ajuda conta dinheiro não entendo falar perdi por favor o os as um uma com sem de do da dos que qual como quanto foi algo bom boa dia noite último",
  nl: "hallo ik jij hij zij wij heb heeft hebben mijn niet geen en of maar het de een is zijn was kan kunt goedendag kaart verloren begrijp rekening geld graag wil hulp spreken nederlands bedankt dank met zonder voor van wat hoe welke iets alstublieft hoeveel vorige",
};
const LISTS = Object.values(LITTLE).map((words) => new Set(words.split(" ")));
/** Also plain English, a sound of hesitation, a name, or what is on a menu. */
const ENGLISH = new Set(
  "no favor on mi el la per an en min mit the i a in is to me he es as do of or o was war will die des den dem am so how hat hay sin con son chose non sans est far fur le les de du un una al y at et au some kan var vi ni det som had hi lo sent set ten tag morgen auf und von das der wild gut bei vill ham dar hon hem par ha hallo tem os dos dia bom boa oi ja zum um er em".split(
    " ",
  ),
);
/** Said alone they tell enough. */
const GREETINGS = new Set(
  "hola bonjour bonsoir buongiorno buonasera ciao hallo hei hej olá guten goedendag".split(" "),
);
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
