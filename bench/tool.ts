/** The slow tool of the profile `tool`: the same name, arguments and duration for every relay that runs tools. */
export const TOOL = { name: "verify_identity", arguments: '{"last_4_digits":"4829"}', ms: 5_000 };
