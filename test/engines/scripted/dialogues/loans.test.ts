import { describe } from "vitest";
import { caller, luna, lunaNever, noTool, robustDialogue, silence, tool } from "../talking.ts";

describe("asking for a loan balance", () => {
  robustDialogue("the payoff of another loan is that loan's", "loan-balance", [
    caller("how much do I owe on my car loan"),
    caller("4829"),
    tool("check_loan_balance", { loan_type: "auto" }, true),
    caller("payoff of the mortgage tomorrow"),
    tool("check_loan_balance", { loan_type: "mortgage" }, true),
    tool("calculate_payoff", { loan_type: "mortgage", payoff_date: "2026-11-22" }, true),
  ]);

  for (const words of ["what about my personal loan", "personal loan balance", "and the personal loan?"])
    robustDialogue(`another loan at the offer of a payoff: ${words}`, "loan-balance", [
      caller("how much do I owe on my car loan"),
      caller("4829"),
      caller(words),
      tool("check_loan_balance", { loan_type: "personal" }, true),
      luna("your personal loan", "pay it off?"),
    ]);

  robustDialogue("no, the other loan: the no is none to the payoff", "loan-balance", [
    caller("how much do I owe on my car loan"),
    caller("4829"),
    luna("pay it off?"),
    caller("no, payoff of the personal loan tomorrow"),
    tool("calculate_payoff", { loan_type: "personal", payoff_date: "2026-11-22" }, true),
  ]);

  for (const scenario of ["loan-balance", "freeform"])
    robustDialogue(`yes, for the mortgage: a loan of this errand, and not the rates (${scenario})`, scenario, [
      caller("how much do I owe on my car loan"),
      caller("4829"),
      luna("pay it off?"),
      caller("yes, for the mortgage please"),
      tool("check_loan_balance", { loan_type: "mortgage" }, true),
      luna("which day"),
    ]);

  robustDialogue("a house to be sold is no other loan", "loan-balance", [
    caller("how much do I owe on my car loan"),
    caller("4829"),
    luna("pay it off?"),
    caller("yes please, I'm selling a house"),
    noTool("check_loan_balance"),
    luna("which day"),
  ]);

  robustDialogue("what is left, and the payoff at the end of the month", "loan-balance", [
    caller("How much is left on my car loan?"),
    luna("last four digits"),
    caller("two two oh six"),
    tool("verify_identity", { last_4_digits: "2206" }, true),
    tool("check_loan_balance", { loan_type: "auto" }, true),
    luna("You still owe $16,394.74", "pay it off?"),
    caller("Yes please."),
    luna("which day"),
    caller("the end of the month"),
    tool("calculate_payoff", { loan_type: "auto", payoff_date: "2026-11-30" }, true),
    luna("on November 30", "anything else"),
    caller("No, that's it."),
    tool("end_call"),
  ]);

  robustDialogue("the payoff asked for at once, with its day", "loan-balance", [
    caller("What would it take to pay off my personal loan by December fifteenth?"),
    caller("4829"),
    tool("check_loan_balance", { loan_type: "personal" }, true),
    tool("calculate_payoff", { loan_type: "personal", payoff_date: "2026-12-15" }, true),
    luna("on December 15"),
  ]);

  robustDialogue("which loan is asked when it was not said, and mended afterwards", "loan-balance", [
    caller("I'd like to know my loan balance"),
    caller("4829"),
    luna("Which loan is it"),
    caller("umm"),
    luna("auto loan, your personal loan, or your mortgage"),
    caller("the mortgage"),
    tool("check_loan_balance", { loan_type: "mortgage" }, true),
    luna("$303,527.50"),
    caller("no thank you"),
    luna("anything else"),
  ]);

  robustDialogue("digits put right before they are used up", "loan-balance", [
    caller("how much do I owe on my car"),
    caller("four eight two eight"),
    tool("verify_identity", { last_4_digits: "4828" }, false),
    luna("doesn't match"),
    caller("sorry, four eight two nine"),
    tool("verify_identity", { last_4_digits: "4829" }, true),
    luna("You still owe"),
  ]);

  robustDialogue("advice is not given, figures are", "loan-balance", [
    caller("how much is left on my car loan"),
    caller("4829"),
    caller("Should I pay it early? Is it worth it?"),
    luna("whether it's the right thing for you I can't say", "pay it off?"),
    noTool(),
    caller("no"),
    luna("anything else"),
  ]);

  robustDialogue("a day too far ahead is refused with a reason", "loan-balance", [
    caller("payoff for my car loan please"),
    caller("4829"),
    luna("which day"),
    caller("December first twenty twenty-seven"),
    tool("calculate_payoff", {}, false),
    luna("up to 90 days ahead"),
    caller("next friday"),
    tool("calculate_payoff", { payoff_date: "2026-11-27" }, true),
  ]);

  robustDialogue("a human, please", "loan-balance", [
    caller("get me a representative"),
    tool("transfer_to_specialist", { department: "lending" }, true),
  ]);
});

describe("restructuring a loan", () => {
  robustDialogue("gathered, and handed to lending", "restructure", [
    caller("I'm having trouble with my car loan payments."),
    caller("two two oh six"),
    tool("verify_identity", { last_4_digits: "2206" }, true),
    tool("get_account_details", { loan_type: "auto" }, true),
    luna("$476.97 a month", "What has changed for you?"),
    caller("My hours at work were cut in half."),
    luna("lower payment, a longer term, or a pause"),
    caller("a lower payment would help"),
    luna("Tobias Renn"),
    tool("transfer_to_specialist", { department: "lending" }, true),
  ]);

  robustDialogue("the loan is asked for when it was not named", "restructure", [
    caller("I can't afford my payments anymore"),
    caller("4829"),
    luna("it's good that you called", "Which loan is it"),
    caller("the personal one"),
    tool("get_account_details", { loan_type: "personal" }, true),
    luna("What has changed"),
  ]);

  robustDialogue("no promise is made", "restructure", [
    caller("I need to lower my mortgage payment"),
    caller("4829"),
    luna("What has changed"),
    caller("Can you promise that it will be approved?"),
    luna("can't promise"),
    noTool("transfer_to_specialist"),
    caller("I lost my job"),
    lunaNever("approved"),
    tool("transfer_to_specialist", { department: "lending" }, true),
  ]);

  robustDialogue("a silence and a mumble do not lose what was said", "restructure", [
    caller("I'm struggling with my car loan payments"),
    caller("4829"),
    caller("my wife is ill"),
    silence,
    luna("Are you still there?", "a pause"),
    caller("hmm what"),
    luna("pause"),
    caller("just pause it for a while"),
    tool("transfer_to_specialist", { department: "lending" }, true),
  ]);

  robustDialogue("wrong digits three times: nothing told, a specialist offered", "restructure", [
    caller("I can't pay my car loan"),
    caller("1111"),
    caller("2222"),
    caller("3333"),
    luna("stopped trying"),
    noTool("get_account_details"),
    caller("yes"),
    tool("transfer_to_specialist", {}, true),
  ]);

  robustDialogue("one loan, no, another", "restructure", [
    caller("I can't afford my auto, no, my personal loan"),
    caller("4829"),
    tool("get_account_details", { loan_type: "personal" }, true),
  ]);
});
