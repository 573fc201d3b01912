/** Locked out of online banking: a code or a link, and in again. */
import { EVERYWHERE, maya } from "./base.ts";
import type { Scenario } from "./scenario.ts";

export const resetPassword: Scenario = {
  id: "reset-password",
  title: "Reset a password",
  tagline: "Locked out, and back in during the call",
  icon: "reset-password",
  caller: maya("She has typed her online banking password wrong too often and is locked out."),
  objective: "Send a reset link and open online banking again.",
  prompt: `Steps:
1. Verify the caller.
2. Ask where the link should go, by text or by email, to what the bank has on file. Never take a new address or number on this call.
3. Call send_reset_link. Say where it went, in its masked form.
4. By text: ask for the six-digit code from the message and call unlock_account with it. By email: call unlock_account once the link was sent.
5. If the code is wrong, let the caller try again as often as the tool allows, then offer a new code.
6. Say that they can log in and choose a new password with the link.
Never ask for the old or the new password. Nobody from the bank will ever ask for the code outside a call like this. Escalate when neither phone nor email on file works.`,
  tools: ["verify_identity", "send_reset_link", "unlock_account", ...EVERYWHERE],
  resolution: "contained",
  specialist: { name: "Ines Calloway", department: "Customer Care" },
  dialogue: {
    topic: "getting you back into online banking",
    offer: "reset your password and unlock online banking",
    example: "I'm locked out",
    opening: "Are you having trouble logging in?",
    intents: [
      "password",
      "reset password",
      "forgot|forgotten|change password",
      "locked out",
      "unlock account",
      "account locked|blocked",
      "can't|cannot log|login|sign",
      "log in|login trouble|problem",
      "online banking locked|blocked|access",
      "reset link",
    ],
    slots: {
      channel: {
        kind: "choice",
        choices: {
          sms: [
            "by|via text|phone|message",
            "text it|me|instead",
            "sms",
            "~text",
            "~texts",
            "~phone",
            "~mobile",
            "~message",
            "~cell",
            "~first",
          ],
          email: ["by|via email|mail", "email it|me|instead", "~email", "~e mail", "~mail", "~inbox", "~second"],
        },
        label: "the way",
        ask: "Where should I send the reset link: by text to your phone, or by email?",
        again: "Would you like it by text or by email?",
        hint: '"by text" or "by email"',
      },
      code: {
        kind: "code",
        length: 6,
        label: "the code",
        ask: "Please read me the six-digit code from the message.",
        again: "Please read me the six digits once more, one at a time.",
        hint: "the six digits one by one",
      },
    },
    steps: [
      { tool: "verify_identity", needs: [], arguments: {} },
      {
        tool: "send_reset_link",
        needs: ["channel"],
        arguments: { channel: "$channel" },
        doing: "I'm sending it now.",
        tells: true,
        again: [
          "resend",
          "send again|another|new|once",
          "another|new|different code|one|text|message|link",
          "text me again",
        ],
        ok: "I've sent it to what we have on file, and it's good for {valid_minutes} minutes.",
      },
      {
        tool: "unlock_account",
        needs: ["code"],
        when: { slot: "channel", is: "sms" },
        arguments: { code: "$code" },
        doing: "Let me check that code.",
        refused: {
          wrong_code: { clear: ["code"] },
          code_missing: { clear: ["code"] },
          invalid_arguments: { clear: ["code"] },
          expired: {
            say: "That code has run out, so I'll send you a new one.",
            clear: ["code"],
            reopen: "send_reset_link",
          },
          nothing_sent: { say: "I have to send you a new code for that.", clear: ["code"], reopen: "send_reset_link" },
          tries: {
            say: "That code has been tried too often and no longer works, so I'll send you a new one.",
            clear: ["code"],
            reopen: "send_reset_link",
          },
        },
      },
      {
        tool: "unlock_account",
        needs: [],
        when: { slot: "channel", is: "email" },
        arguments: {},
        doing: "I'm unlocking your access.",
      },
    ],
    asides: [
      {
        phrases: [
          "no|not|didn't message|text|code|email arrived|get|got|come|received",
          "haven't got|received",
          "where is the code|message",
        ],
        say: "It can take a moment. On this page you find it in the inbox of My bank.",
      },
      {
        phrases: ["new|different|other number|phone|email|address"],
        say: "For your safety I can only use what we have on file. A person can help you change that.",
      },
      {
        phrases: ["is it safe give|read|tell code"],
        say: "On this call, yes, because you called us. Never give a code to anyone who calls you.",
      },
    ],
    department: "general",
    specialist: {
      opening: "I can help you with access to online banking. What went wrong?",
      asides: [
        {
          phrases: ["number|phone|email|address changed|new|wrong"],
          say: "To change that I need to see you with your ID at a branch, or by video. I'll send you a link to book it.",
        },
      ],
      fallback: "I've noted that for the access team.",
    },
  },
  notes: {
    say: [
      "I'm locked out of online banking.",
      "Four eight two nine.",
      "By text, please.",
      "(read the code from the inbox in My bank)",
    ],
    point: ["The code is real, expires, and has three tries.", "Luna never asks for a password."],
    expect: ["verify_identity", "send_reset_link", "unlock_account"],
  },
};
