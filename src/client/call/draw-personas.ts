/**
 * The switch for who answers, drawn into a box of the page. A group of radio buttons: the arrow keys move, and a screen reader
 * says who was chosen. Plain elements, so that it shares nothing with the page and can be fetched after it.
 */
import type { PersonaStatus } from "../../legs/wire.ts";
import type { ScenarioCard } from "../api.ts";

export interface Personas {
  /** Who answers; null before the call has told. */
  now: PersonaStatus | null;
  others: ScenarioCard[] | null;
  /** A specialist has the call: nobody else can take over. */
  taken: boolean;
  pick(key: string): void;
}

interface Choice {
  key: string;
  speaker: string;
  place: string;
}

const LUNA: Choice = { key: "luna", speaker: "Luna", place: "Aurora Bank" };

export function drawPersonas(box: HTMLElement, { now, others, taken, pick }: Personas): void {
  const choices = [LUNA, ...(others ?? []).flatMap((one) => one.persona ?? [])];
  if (now === null || taken || choices.length < 2) return box.replaceChildren();
  const known = box.querySelector("fieldset");
  const group = known?.childElementCount === choices.length + 1 ? known : groupOf(choices);
  if (group !== known) box.replaceChildren(group, statusLine());
  for (const input of group.querySelectorAll("input")) {
    input.checked = input.value === now.key;
    input.onchange = () => pick(input.value);
  }
  const status = box.querySelector("[role=status]");
  const said = wordsFor(now, choices);
  if (status && status.textContent !== said) status.textContent = said;
}

function groupOf(choices: Choice[]): HTMLFieldSetElement {
  const group = document.createElement("fieldset");
  group.className = "persona-choices";
  const legend = document.createElement("legend");
  legend.className = "visually-hidden";
  legend.textContent = "Who answers";
  group.append(legend, ...choices.map(choice));
  return group;
}

function choice({ key, speaker, place }: Choice): HTMLLabelElement {
  const label = document.createElement("label");
  label.className = "persona";
  label.title = `${speaker}, ${place}`;
  const input = document.createElement("input");
  Object.assign(input, { type: "radio", name: "persona", value: key, className: "visually-hidden" });
  const name = document.createElement("span");
  name.className = "persona-name";
  name.textContent = speaker;
  label.append(input, name);
  return label;
}

function statusLine(): HTMLParagraphElement {
  const line = document.createElement("p");
  line.className = "persona-note";
  line.setAttribute("role", "status");
  return line;
}

/** Who answers, and why it may not sound like it. */
function wordsFor({ key, speaker, voice }: PersonaStatus, choices: Choice[]): string {
  const place = choices.find((one) => one.key === key)?.place;
  const who = place === undefined ? `${speaker} answers.` : `${speaker} answers, ${place}.`;
  if (voice === "own") return who;
  return `${who} The voice stayed: the AI keeps the one it began to speak with.`;
}
