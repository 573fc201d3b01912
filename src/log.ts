/**
 * Structured logs. Messages are static; what a caller says, a key or a card number never appears, neither in the message
 * nor in a property. Name what happened by codes and counts.
 */
import { configureSync, getConsoleSink, getLogger, jsonLinesFormatter } from "@logtape/logtape";

configureSync({
  reset: true,
  sinks: { console: getConsoleSink({ formatter: jsonLinesFormatter }) },
  loggers: [
    { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["console"] },
    { category: "luna", lowestLevel: "info", sinks: ["console"] },
  ],
});

export const log = getLogger(["luna"]);
