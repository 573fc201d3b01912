/** The visitor's own bank, as it is after everything Luna did: the proof that a call changes something. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { BankSnapshot } from "../api.ts";
import { ApiProblem, resetBank } from "../api.ts";
import { refreshBank } from "../call/current.ts";
import { bank, tell } from "../state/store.ts";
import { day, dollars } from "../words.ts";
import { Icon } from "./icon.tsx";
import { SidePanel } from "./side-panel.tsx";

const FIRST = 10;

export function BankPanel() {
  useEffect(() => void refreshBank(), []);
  const books = bank.value;
  return (
    <SidePanel name="bank" title="My bank">
      {books === null ? <p class="quiet">Opening the books…</p> : <Books books={books} />}
    </SidePanel>
  );
}

function Books({ books }: { books: BankSnapshot }) {
  return (
    <>
      <p class="bank-owner">
        <strong>{books.customer.name}</strong>
        <span class="chip">{books.customer.tier}</span>
        {books.customer.online_locked && <span class="chip chip-warn">Online banking locked</span>}
      </p>
      {books.messages.length > 0 && <Inbox messages={books.messages} />}
      <section class="bank-part" aria-label="Accounts">
        {books.accounts.map((account) => (
          <Changing key={account.last_4} class="account" value={account.balance_cents}>
            <span>
              {account.name} <Four of={account.last_4} />
            </span>
            <strong>{dollars(account.balance_cents)}</strong>
          </Changing>
        ))}
      </section>
      <section class="bank-part" aria-label="Cards">
        <h3>Cards</h3>
        <ul class="plain">
          {books.cards.map((card) => (
            <Changing
              key={card.last_4}
              as="li"
              class={`bank-card bank-card-${card.status}`}
              value={`${card.status}${card.contactless}`}
            >
              <span class="bank-card-face" aria-hidden="true" />
              <span class="bank-card-words">
                <span>
                  {card.name} <Four of={card.last_4} />
                </span>
                <span class="quiet">{cardNote(card)}</span>
              </span>
              <span class={`chip chip-${card.status}`}>{card.status}</span>
            </Changing>
          ))}
        </ul>
      </section>
      <section class="bank-part" aria-label="Loans">
        <h3>Loans</h3>
        {books.loans.map((loan) => (
          <p key={loan.last_4} class="line-item">
            <span>
              {loan.name} <Four of={loan.last_4} />
            </span>
            <span>{dollars(loan.balance_cents)}</span>
          </p>
        ))}
      </section>
      {books.disputes.length > 0 && (
        <section class="bank-part" aria-label="Disputes">
          <h3>Disputes</h3>
          {books.disputes.map((dispute) => (
            <p key={dispute.reference} class="line-item">
              <span>
                {dispute.merchant} <span class="quiet">{dispute.reference}</span>
              </span>
              <span>{dollars(Math.abs(dispute.amount_cents))}</span>
            </p>
          ))}
        </section>
      )}
      <Transactions all={books.transactions} />
      <Reset />
    </>
  );
}

function Four({ of }: { of: string }) {
  return (
    <span class="four">
      <span aria-hidden="true">•• </span>
      <span class="visually-hidden">ending in </span>
      {of}
    </span>
  );
}

function cardNote(card: BankSnapshot["cards"][number]): string {
  if (card.replaced_by !== null) return `Replaced by one ending in ${card.replaced_by}`;
  const owed = card.owed_cents === null ? "" : `${dollars(card.owed_cents)} owed`;
  const limit = card.limit_cents === null ? "" : ` of ${dollars(card.limit_cents)}`;
  const tap = card.contactless ? "contactless" : "";
  return [owed + limit, tap].filter((part) => part !== "").join(" · ");
}

/** Messages the bank sent: codes in them may be read out to Luna. */
function Inbox({ messages }: { messages: BankSnapshot["messages"] }) {
  return (
    <section class="bank-part inbox" aria-label="Messages to your phone">
      <h3>Messages to your phone</h3>
      <ul class="plain">
        {messages.slice(0, 4).map((message) => (
          <li key={message.id} class="message">
            <p class="message-head">
              <Icon name={message.channel === "sms" ? "message" : "mail"} size={16} />
              {message.subject}
            </p>
            <p>{message.body}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Transactions({ all }: { all: BankSnapshot["transactions"] }) {
  const whole = useSignal(false);
  const shown = whole.value ? all : all.slice(0, FIRST);
  return (
    <section class="bank-part" aria-label="Transactions">
      <h3>Latest transactions</h3>
      <ul class="plain">
        {shown.map((one) => (
          <li key={one.id} class="line-item">
            <span class="transaction">
              <span>{one.merchant}</span>
              <span class="quiet">
                {day(one.date)} · {one.last_4}
                {one.status === "pending" && " · pending"}
                {one.disputed && " · disputed"}
              </span>
            </span>
            <span class={one.amount_cents < 0 ? "" : "money-in"}>{dollars(one.amount_cents)}</span>
          </li>
        ))}
      </ul>
      {all.length > FIRST && (
        <button
          type="button"
          class="button button-small"
          aria-expanded={whole.value}
          onClick={() => (whole.value = !whole.value)}
        >
          {whole.value ? "Show fewer" : `Show all ${all.length}`}
        </button>
      )}
    </section>
  );
}

function Reset() {
  const sure = useSignal(false);
  const reset = async () => {
    sure.value = false;
    try {
      await resetBank();
      await refreshBank();
      tell({ type: "local.notice", code: "bank_reset", tone: "info", message: "Your bank is as good as new." });
    } catch (problem) {
      const message = problem instanceof ApiProblem ? problem.message : "The bank could not be reset.";
      tell({ type: "local.notice", code: "bank_reset", tone: "problem", message });
    }
  };
  return (
    <div class="reset">
      {sure.value ? (
        <>
          <p>Every transfer, block and dispute of this browser is undone.</p>
          <button type="button" class="button button-danger" onClick={() => void reset()}>
            Yes, reset
          </button>
          <button type="button" class="button" onClick={() => (sure.value = false)}>
            Keep it
          </button>
        </>
      ) : (
        <button type="button" class="button" onClick={() => (sure.value = true)}>
          <Icon name="reset" size={18} />
          Reset my bank
        </button>
      )}
    </div>
  );
}

/** A line that glows once when its value changes while one looks at it. */
function Changing(props: {
  class: string;
  value: string | number;
  as?: "p" | "li";
  children: preact.ComponentChildren;
}) {
  const element = useRef<HTMLElement | null>(null);
  const before = useRef(props.value);
  useEffect(() => {
    if (before.current === props.value) return;
    before.current = props.value;
    element.current?.classList.remove("changed");
    void element.current?.offsetWidth;
    element.current?.classList.add("changed");
  }, [props.value]);
  const place = (node: HTMLElement | null) => {
    element.current = node;
  };
  return props.as === "li" ? (
    <li ref={place} class={props.class}>
      {props.children}
    </li>
  ) : (
    <p ref={place} class={props.class}>
      {props.children}
    </p>
  );
}
