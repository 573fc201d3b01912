/** What Luna answers, as schemas: for the OpenAPI document, and held against the types that the code itself uses. */

import { z } from "zod";
import { type ApiKey, SCOPES } from "../../legs/api-keys.ts";
import type { Health, SayAnswer } from "../../legs/http.ts";
import type { CallOpened } from "../../legs/open-call.ts";
import type { PersonaStatus } from "../../legs/wire.ts";
import type { CallRecord } from "../../store/calls.ts";
import type { Metrics } from "../../store/metrics.ts";
import type { Snapshot } from "../../tools/bank.ts";

const unixMs = z.int().describe("Unix time, milliseconds");
const ms = z.number().describe("Milliseconds");
const usd = z.number().describe("US dollars");
const cents = z.int().describe("US cents");
const day = z.iso.date();
const last4 = z.string().regex(/^\d{4}$/);
const mode = z.enum(["ai", "scripted"]);
const outcome = z.enum(["contained", "escalated", "abandoned", "failed"]);
const reason = z.enum([
  "caller_ended",
  "luna_ended",
  "caller_left",
  "failed",
  "too_long",
  "silent",
  "spent",
  "link_closed",
]);

export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe("What was wrong and what to do, one sentence"),
    code: z.string(),
    param: z.string().optional().describe("The field at fault"),
  })
  .describe("RFC 9457");

export const OpenAiProblem = z.object({
  error: z.object({ message: z.string(), type: z.string(), code: z.string(), param: z.string().nullable() }),
});

const turn = z.object({
  item_id: z.string(),
  order: z.int(),
  who: z.enum(["caller", "luna", "specialist"]),
  speaker: z.string().optional().describe("Who spoke in Luna's place, by name"),
  persona: z.string().optional().describe("Key of the persona that spoke"),
  how: z.enum(["typed", "speech"]),
  text: z.string(),
  heard: z.string().describe("What reached the ear, cut at a word"),
  state: z.enum(["live", "final", "interrupted", "unclear"]),
});

export const CallOpenedShape = z.object({
  call_id: z.string(),
  token: z.string().describe("Opens the socket once, within a minute, as the subprotocol luna.token.<token>"),
  socket: z.string(),
  expires_at: unixMs,
  mode,
  method: z.enum(["ephemeral", "direct"]).optional().describe("Sound goes by WebRTC"),
  secret: z.string().optional().describe("For the offer to /v1/realtime/calls"),
}) satisfies z.ZodType<CallOpened>;

const spread = z.object({
  turns: z.int(),
  mean: ms.nullable(),
  p50: ms.nullable(),
  p95: ms.nullable(),
});

export const CallRecordShape = z.object({
  id: z.string(),
  scenario: z.string(),
  lit: z.string().nullable().describe("In a freeform call the scenario whose tool was used last"),
  mode,
  fell_back: z.boolean().describe("Began with AI and ended scripted"),
  model: z.string(),
  verified: z.boolean(),
  outcome: outcome.nullable().describe("Null while the call is on, like reason and ended_at"),
  reason: reason.nullable(),
  started_at: unixMs,
  ended_at: unixMs.nullable(),
  latency: z.object({ p50: ms.nullable(), p95: ms.nullable(), turns: z.int() }),
  figures: z
    .object({
      cost_usd: usd.nullable(),
      tokens: z
        .object({
          text_in: z.int(),
          text_cached: z.int(),
          text_out: z.int(),
          audio_in: z.int(),
          audio_cached: z.int(),
          audio_out: z.int(),
          image_in: z.int(),
          image_cached: z.int(),
        })
        .nullable(),
      talk_overs: z.int().nullable(),
      ear: spread,
      server: spread,
    })
    .optional(),
  turns: z.array(
    turn.extend({
      persona: z.string().nullish().describe("Key of the persona that spoke; null for callers and specialists"),
      at: unixMs,
      latency_ms: ms.nullable(),
      server_ms: ms.nullish(),
      cost_usd: usd.nullish(),
    }),
  ),
  tools: z.array(
    z.object({
      call_id: z.string(),
      name: z.string(),
      arguments: z.string().describe("JSON, with card-like digits taken out"),
      state: z.enum(["done", "refused", "failed"]),
      code: z.string().optional().describe("Why it was refused: `not_found`, `identity_required`..."),
      summary: z.string(),
      order: z.int(),
      at: unixMs,
      ms,
    }),
  ),
}) satisfies z.ZodType<Omit<CallRecord, "visitor">>;

export const SayAnswerShape = z.object({
  call_id: z.string(),
  scenario: z.string(),
  persona: z
    .object({
      key: z.string(),
      title: z.string(),
      speaker: z.string(),
      voice: z.enum(["own", "stayed"]).describe("stayed: the provider locks the voice after the first sound"),
    })
    .describe("Who answers now"),
  mode,
  verified: z.boolean().describe("Identity has been proved in this call"),
  answer: z.string().describe("All that was said to the words, in order"),
  turns: z.array(turn).describe("The caller's words and what came after them"),
  tools: z.array(
    z.object({
      call_id: z.string(),
      name: z.string(),
      label: z.string(),
      state: z.enum(["running", "done", "refused", "failed"]),
      summary: z.string(),
      ms,
    }),
  ),
  notices: z.array(z.object({ code: z.string(), tone: z.enum(["info", "warning", "problem"]), message: z.string() })),
  ended: z.object({ reason, outcome, seconds: z.number() }).nullable().describe("The call has ended with this answer"),
  ms: ms.describe("From the words to the end of the answer, milliseconds"),
}) satisfies z.ZodType<SayAnswer>;

export const SayStream = z
  .string()
  .describe(
    "Server-sent events: delta {item_id, text}, tool (one of SayAnswer.tools), and last done (a SayAnswer) or error (a Problem). Comment lines keep the connection open.",
  );

export const PersonaShape = z.object({
  call_id: z.string(),
  key: z.string(),
  title: z.string(),
  speaker: z.string(),
  by: z.enum(["caller", "api", "model"]),
  voice: z.enum(["own", "stayed"]),
}) satisfies z.ZodType<Omit<PersonaStatus, "type"> & { call_id: string }>;

export const EndedShape = z.object({ call_id: z.string(), reason, outcome, seconds: z.number() });

export const HealthShape = z.object({
  status: z.enum(["ok", "degraded"]),
  engine: z.object({ mode, model: z.string() }),
  upstream: z
    .object({ reachable: z.boolean(), status: z.int().nullable(), ms, checked_at: unixMs })
    .nullable()
    .describe("Null where no key is configured"),
  d1: z.object({ ok: z.boolean(), ms }),
  unfit: z.array(z.string()).describe("Settings that do not fit, by name: what they are for is closed"),
  version: z.string(),
}) satisfies z.ZodType<Health>;

export const BankShape = z.object({
  customer: z.object({
    id: z.string(),
    name: z.string(),
    first_name: z.string(),
    tier: z.string(),
    phone: z.string(),
    email: z.string(),
    online_locked: z.boolean(),
  }),
  accounts: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(["checking", "savings"]),
      name: z.string(),
      last_4: last4,
      balance_cents: cents,
      available_cents: cents,
    }),
  ),
  cards: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(["credit", "debit", "virtual"]),
      name: z.string(),
      last_4: last4,
      status: z.enum(["inactive", "active", "blocked"]),
      contactless: z.boolean(),
      limit_cents: cents.nullable(),
      owed_cents: cents.nullable(),
      replaced_by: last4.nullable(),
    }),
  ),
  loans: z.array(
    z.object({
      id: z.string(),
      type: z.enum(["auto", "personal", "mortgage"]),
      name: z.string(),
      last_4: last4,
      balance_cents: cents,
      original_cents: cents,
      payment_cents: cents,
      rate_bp: z.int().describe("Yearly rate in basis points: 629 is 6.29%"),
      term_months: z.int(),
      payments_left: z.int(),
      next_payment: day,
      past_due: z.boolean(),
      home: z.object({ address: z.string(), value_cents: cents, fixed: z.boolean() }).nullable(),
    }),
  ),
  transactions: z.array(
    z.object({
      id: z.string(),
      date: day,
      merchant: z.string(),
      category: z.string(),
      city: z.string(),
      amount_cents: cents.describe("Negative: money out"),
      status: z.enum(["pending", "posted"]),
      last_4: last4,
      paid_with: z.enum(["credit card", "debit card", "virtual card", "account"]),
      disputed: z.boolean(),
    }),
  ),
  disputes: z.array(
    z.object({
      reference: z.string(),
      transaction_id: z.string(),
      merchant: z.string(),
      amount_cents: cents,
      reason: z.enum(["not_recognised", "duplicate", "wrong_amount", "not_received", "other"]),
      answer_by: day,
      credited_cents: cents,
      status: z.literal("open"),
    }),
  ),
  messages: z.array(
    z.object({
      id: z.string(),
      channel: z.enum(["email", "sms"]),
      to: z.string(),
      subject: z.string(),
      body: z.string(),
      at: unixMs,
    }),
  ),
}) satisfies z.ZodType<Snapshot>;

const by = z.enum(["ai", "scripted", "fell_back"]);
const measured = spread.extend({ keeps: z.object({ mean: z.boolean().nullable(), p95: z.boolean().nullable() }) });

export const MetricsShape = z.object({
  days: z.int(),
  since: unixMs,
  calls: z.object({ total: z.int(), by: z.array(z.object({ by, outcome: outcome.nullable(), calls: z.int() })) }),
  targets: z.object({ mean_ms: z.literal(500), p95_ms: z.literal(800) }),
  latency: z.array(z.object({ by, ear: measured, server: measured })),
  cost: z.object({ usd, unknown: z.int(), days: z.array(z.object({ day, usd })) }),
  talk_overs: z.int(),
  caps: z.object({ call_usd: usd.nullable(), day_usd: usd.nullable() }),
}) satisfies z.ZodType<Metrics>;

export const ScenarioShape = z.object({
  id: z.string(),
  title: z.string(),
  tagline: z.string(),
  icon: z.string(),
  caller: z.object({ name: z.string(), tier: z.string(), phone: z.string(), about: z.string() }),
  objective: z.string(),
  resolution: z.enum(["contained", "escalated"]),
  specialist: z.object({ name: z.string(), department: z.string() }),
  tools: z.array(z.string()),
  persona: z
    .object({ key: z.string(), speaker: z.string(), place: z.string() })
    .optional()
    .describe("Where somebody else than Luna answers"),
  notes: z.object({ say: z.array(z.string()), point: z.array(z.string()), expect: z.array(z.string()) }),
});

export const ConfigShape = z
  .object({
    server_key: z.enum(["none", "open", "locked"]).describe("Whether calls may spend the server's own key"),
    default_model: z.string(),
    models: z.array(z.string()),
    voices: z.array(z.string()),
    wire: z.int(),
  })
  .loose();

export const KeyVerdict = z.object({ ok: z.boolean(), message: z.string() });

export const ApiKeyShape = z.object({
  id: z.string(),
  label: z.string(),
  hint: z.string().describe("The last four characters of the key"),
  scopes: z.array(z.enum(SCOPES)),
  created_at: unixMs,
  expires_at: unixMs.nullable(),
  last_used_on: day.nullable(),
  revoked_at: unixMs.nullable(),
}) satisfies z.ZodType<ApiKey>;

export const NewApiKeyShape = ApiKeyShape.extend({ key: z.string().describe("Told here and never again") });

const unixS = z.int().describe("Unix time, seconds");

export const PageSecret = z.object({ value: z.string(), expires_at: unixS, call_id: z.string(), model: z.string() });
export const ClientSecret = z.object({
  value: z.string().describe("ek_…, good for one session"),
  expires_at: unixS,
  session: z.looseObject({}).describe("As it will be in force"),
});

export const ModelShape = z.object({
  id: z.string(),
  object: z.literal("model"),
  created: unixS,
  owned_by: z.enum(["luna", "provider"]),
});

export const IceServers = z.object({
  iceServers: z.array(
    z.object({ urls: z.array(z.string()), username: z.string().optional(), credential: z.string().optional() }),
  ),
});
