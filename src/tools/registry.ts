/** All tools, and the one gate through which every engine's tool calls go. */
import type { z } from "zod";
import { sendResetLink } from "./access/send-reset-link.ts";
import { unlockAccount } from "./access/unlock-account.ts";
import { checkBalance } from "./accounts/check-balance.ts";
import { getAccountDetails } from "./accounts/get-account-details.ts";
import { transferFunds } from "./accounts/transfer-funds.ts";
import { invalidArguments, problemsOf, readRecord } from "./arguments.ts";
import type { BankApi } from "./bank.ts";
import { endCall } from "./call/end-call.ts";
import { switchPersona } from "./call/switch-persona.ts";
import { transferToSpecialist } from "./call/transfer-to-specialist.ts";
import { activateCard } from "./cards/activate-card.ts";
import { blockCard } from "./cards/block-card.ts";
import { enableContactless } from "./cards/enable-contactless.ts";
import { orderReplacement } from "./cards/order-replacement.ts";
import { checkCreditScore } from "./credit/check-credit-score.ts";
import { requestLimitIncrease } from "./credit/request-limit-increase.ts";
import { fileDispute } from "./disputes/file-dispute.ts";
import { getTransactionDetails } from "./disputes/get-transaction-details.ts";
import type { BooksApi } from "./finance/books.ts";
import { checkTaxRule } from "./finance/check-tax-rule.ts";
import { fetchFinancials } from "./finance/fetch-financials.ts";
import { verifyIdentity } from "./identity/verify-identity.ts";
import { calculatePayoff } from "./loans/calculate-payoff.ts";
import { checkLoanBalance } from "./loans/check-loan-balance.ts";
import { lookupMenu } from "./menu/lookup-menu.ts";
import type { MenuApi } from "./menu/menu.ts";
import { recommendPairing } from "./menu/recommend-pairing.ts";
import { checkRates } from "./mortgage/check-rates.ts";
import { getMortgageDetails } from "./mortgage/get-mortgage-details.ts";
import { admit, decide, learn, MAX_ATTEMPTS, type PolicyState } from "./policy.ts";
import { redactArguments, seal, sealText } from "./redact.ts";
import { type Effect, type Refused, type Result, refused, type Said, type Tool, type ToolCall } from "./tool.ts";
import { initiateWire } from "./wires/initiate-wire.ts";
import { verifyRecipient } from "./wires/verify-recipient.ts";

export const TOOLS: Tool[] = [
  verifyIdentity,
  blockCard,
  orderReplacement,
  activateCard,
  enableContactless,
  checkBalance,
  getAccountDetails,
  transferFunds,
  checkLoanBalance,
  calculatePayoff,
  getTransactionDetails,
  fileDispute,
  sendResetLink,
  unlockAccount,
  checkCreditScore,
  requestLimitIncrease,
  getMortgageDetails,
  checkRates,
  verifyRecipient,
  initiateWire,
  lookupMenu,
  recommendPairing,
  fetchFinancials,
  checkTaxRule,
  switchPersona,
  transferToSpecialist,
  endCall,
];

const BY_NAME = new Map(TOOLS.map((tool) => [tool.name, tool]));
/** Part of every call, whatever the scenario: a way to a person, and a way out. */
const ALWAYS = [transferToSpecialist.name, endCall.name];

export interface ToolRequest {
  call_id: string;
  name: string;
  /** JSON text as the model sent it. */
  arguments: string;
}

export interface ToolContext {
  bank: BankApi;
  menu: MenuApi;
  books: BooksApi;
  policy: PolicyState;
  /** Names of the tools of this scenario; any other is refused, except `end_call` and `transfer_to_specialist`. */
  allowed: string[];
  /** Prefix of idempotency keys: the id of the call. */
  key: string;
  /** All turns so far, live ones included. */
  turns: Said[];
  /** Highest order given to a turn so far, live ones included; -1 for none. */
  order: number;
  /** Unix ms. */
  now: number;
  /** ISO day. */
  today: string;
}

export interface ToolAnswer {
  /** JSON text for `function_call_output`: `{ ok, say, ... }`, with `code` where `ok` is false. */
  output: string;
  ok: boolean;
  policy: PolicyState;
  status: {
    state: "done" | "refused" | "failed";
    /** Why it was refused. */
    code?: Refused["code"];
    /** One plain sentence for the page and the record. */
    summary: string;
    /** Arguments with digits beyond the last four taken out. */
    arguments: Record<string, unknown>;
  };
  then?: "end" | "transfer";
  /** Key of who answers from here on. */
  persona?: string;
  effect: Effect;
}

export function toolNamed(name: string): Tool | undefined {
  return BY_NAME.get(name);
}

/** What `session.update` offers to the model. Unknown names are left out. */
export function toolSchemas(names: string[]): { name: string; description: string; parameters: z.ZodType }[] {
  return names.flatMap((name) => {
    const tool = BY_NAME.get(name);
    return tool ? [{ name, description: tool.description, parameters: tool.schema }] : [];
  });
}

/** The one way to run a tool. Never throws: whatever is wrong becomes an answer the voice can explain. */
export async function runTool(request: ToolRequest, context: ToolContext): Promise<ToolAnswer> {
  const read = readRecord(request.arguments);
  const tool = BY_NAME.get(request.name);
  const answer = (result: Result, policy: PolicyState, failed = false): ToolAnswer => ({
    output: JSON.stringify(told(result)),
    ok: result.ok,
    policy,
    status: {
      state: failed ? "failed" : result.ok ? "done" : "refused",
      ...(result.ok || failed ? {} : { code: result.code }),
      summary: sealText(result.did ?? result.say),
      arguments: redactArguments(read.values),
    },
    then: result.ok ? result.then : undefined,
    persona: result.ok ? result.persona : undefined,
    effect: tool?.effect ?? "read",
  });

  if (!tool || !(context.allowed.includes(tool.name) || ALWAYS.includes(tool.name)))
    return answer(NOT_HERE, context.policy);
  const barred = admit(context.policy, tool.gate, context.turns);
  if (barred) return answer(barred, context.policy);
  if (!read.ok) return answer(invalidArguments(read.problems), context.policy);
  const parsed = tool.schema.safeParse(read.values);
  if (!parsed.success) return answer(invalidArguments(problemsOf(parsed.error)), context.policy);
  try {
    const { result, policy } = await effect(tool, parsed.data, request, context);
    return answer(result, learn(policy, result.learned));
  } catch {
    // The bank could not be reached, or broke its promise. Under the same key the change may be tried again safely.
    return answer(UNREACHABLE, context.policy, true);
  }
}

const NOT_HERE = refused(
  "not_allowed",
  "I'm sorry, that's not something I can do on this call. I can connect you with a specialist if you like.",
);
const UNREACHABLE = refused(
  "unavailable",
  "I'm having trouble reaching our systems right now. Let's try that again in a moment.",
);

/** What needs a yes is proposed, asked and then run under the key of the answered question; all else under the key of its call. */
async function effect(
  tool: Tool,
  args: unknown,
  request: ToolRequest,
  context: ToolContext,
): Promise<{ result: Result; policy: PolicyState }> {
  const { policy, bank, menu, books, today } = context;
  const call: ToolCall = {
    bank,
    menu,
    books,
    identity: policy.identity,
    attempts_left: MAX_ATTEMPTS - policy.attempts,
    key: `${context.key}:${request.call_id}`,
    today,
  };
  if (tool.gate !== "confirmed") return { result: await tool.run(args, call), policy };
  if (!tool.propose) throw new Error(`${tool.name} needs a yes, and proposes nothing`);
  const proposal = await tool.propose(args, call);
  if (!proposal.ok) return { result: proposal, policy: { ...policy, pending: null } };
  const { state, verdict } = decide(policy, tool.name, proposal, context);
  if (!verdict.go) return { result: verdict.refusal, policy: state };
  return { result: await tool.run(args, { ...call, key: `${context.key}:${verdict.token}` }), policy: state };
}

function told(result: Result) {
  const { say, data } = result;
  return seal(result.ok ? { ok: true, say, ...data } : { ok: false, code: result.code, say, ...data });
}
