/** `GET /api/config`: what the page may know before a call. */
export interface Config {
  /** This page is seen by the host: on localhost, or with the host token. */
  host: boolean;
  /** The host's pages are open to who looks: hosts and operators. */
  staff: boolean;
  /** `open`: the server's key answers whoever asks here. `locked`: it has one, for its host only. */
  server_key: "open" | "locked" | "none";
  default_model: string;
  models: string[];
  voices: readonly string[];
  /** Settings beyond the protocol that the provider takes. */
  generation: ("temperature" | "top_p" | "top_k")[];
  /** Ways for the sound that this server offers. */
  methods: ("relay" | "ephemeral" | "direct")[];
  wire: number;
}
