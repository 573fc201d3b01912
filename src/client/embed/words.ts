/** The panel's own words, in the languages that links have. */

export interface EmbedWords {
  /** On the button, where the site says nothing else. */
  talk: string;
  close: string;
  elsewhere: string;
  /** While the frame is loading. */
  opening: string;
  /** The site is none of those that may show the call, or the network is away. */
  not_here: string;
  /** Before a call is hung up by closing. */
  on_call: string;
  stay: string;
  hang_up: string;
}

const EN: EmbedWords = {
  talk: "Talk to Luna",
  close: "Close",
  elsewhere: "Open in a new tab",
  opening: "Opening the line …",
  not_here: "The call cannot be shown on this page. Open it in a new tab.",
  on_call: "You are on a call.",
  stay: "Keep talking",
  hang_up: "Hang up",
};

const WORDS: Readonly<Record<string, EmbedWords>> = {
  en: EN,
  de: {
    talk: "Mit Luna sprechen",
    close: "Schließen",
    elsewhere: "In neuem Tab öffnen",
    opening: "Die Leitung wird geöffnet …",
    not_here: "Der Anruf kann auf dieser Seite nicht gezeigt werden. Öffnen Sie ihn in einem neuen Tab.",
    on_call: "Sie telefonieren gerade.",
    stay: "Weiter sprechen",
    hang_up: "Auflegen",
  },
  es: {
    talk: "Hablar con Luna",
    close: "Cerrar",
    elsewhere: "Abrir en otra pestaña",
    opening: "Abriendo la línea …",
    not_here: "La llamada no se puede mostrar en esta página. Ábrala en otra pestaña.",
    on_call: "Está en una llamada.",
    stay: "Seguir hablando",
    hang_up: "Colgar",
  },
  fr: {
    talk: "Parler à Luna",
    close: "Fermer",
    elsewhere: "Ouvrir dans un nouvel onglet",
    opening: "Ouverture de la ligne …",
    not_here: "L'appel ne peut pas s'afficher sur cette page. Ouvrez-le dans un nouvel onglet.",
    on_call: "Vous êtes en communication.",
    stay: "Continuer",
    hang_up: "Raccrocher",
  },
};

/** @param tag `de`, `de-CH`; English where it is none of ours. */
export function wordsIn(tag: string): EmbedWords {
  return WORDS[tag.slice(0, 2).toLowerCase()] ?? EN;
}
