/** Words as tools and callers use them, reduced to what they have in common. */

/** Say nothing about what a tool is for. */
const EMPTY = new Set(
  (
    "a an and any are as at be by call can could current do does fetch find for from function get give have how i in " +
    "info information is it its list look lookup make me my need of on or our out please provide query request return " +
    "returns run s search set show some t tell that the their them there this to tool up use user using want was " +
    "we what when where which who will with would you your given about if not so then"
  ).split(" "),
);

/** "getWeatherForecast", "get_weather-forecast" and "get weather forecast" are the same words. */
export function wordsIn(text: string): string[] {
  const apart = text.replace(/([a-z\d])([A-Z])/g, "$1 $2").replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2");
  return apart.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The words that mean something, by their stems. */
export function stemsIn(text: string): Set<string> {
  return new Set(
    wordsIn(text)
      .filter((word) => !EMPTY.has(word))
      .map(stem),
  );
}

/** "cities", "city" and "city's" alike: endings off. */
export function stem(word: string): string {
  if (word.length <= 3) return word;
  return word
    .replace(/ies$/, "y")
    .replace(/(?<=..)(?:ing|ed)$/, "")
    .replace(/(?<=[^s])s$/, "")
    .replace(/e$/, "");
}
