/** Who answers in this call, and who else could. What it looks like comes with the call's own file, after the first picture. */
import { useEffect, useRef } from "preact/hooks";
import { sendToCall } from "../call/current.ts";
import { fetchTalk } from "../call/way-back.ts";
import { persona, transfer } from "../state/parts.ts";
import { scenarios } from "../state/store.ts";

export function Personas() {
  const box = useRef<HTMLDivElement>(null);
  const now = persona.value;
  const others = scenarios.value;
  const taken = transfer.value !== null;
  useEffect(() => {
    const pick = (key: string) => sendToCall({ type: "luna.persona", key });
    void fetchTalk().then((talk) => box.current && talk.drawPersonas(box.current, { now, others, taken, pick }));
  }, [now, others, taken]);
  return <div ref={box} class="personas" />;
}
