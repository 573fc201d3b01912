/** Faults that keep somebody out, found by axe. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import type { LunaPage } from "./page.ts";

/**
 * All faults of the page on screen, one line for each place. axe runs in the page itself: nothing looked at here has frames, and
 * where there are none it needs no second page to put its findings together in, which costs as much again as finding them.
 */
async function faultsOf(page: Page, narrowed = (axe: AxeBuilder) => axe): Promise<{ impact: string; line: string }[]> {
  const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).setLegacyMode();
  const found = await narrowed(axe).analyze();
  return found.violations.flatMap(({ id, impact, help, nodes }) =>
    nodes.map((node) => ({
      impact: impact ?? "",
      line: `${impact} ${id}: ${help} at ${node.target.join(" ")} ${node.any[0]?.message ?? ""}`,
    })),
  );
}

/** Serious and critical faults of the view on screen, one line each; empty is good. */
export async function barriers(luna: LunaPage): Promise<string[]> {
  const faults = await faultsOf(luna.page);
  return faults.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ line }) => line);
}

/** Faults of any weight. */
export async function anyFaults(page: Page): Promise<string[]> {
  return (await faultsOf(page)).map(({ line }) => line);
}

/** The same of a page of many screens: contrast, which takes longer than all else, is measured once where words look the same. */
export async function anyFaultsOfMany(page: Page): Promise<string[]> {
  const faults = await faultsOf(page, (axe) => axe.disableRules("color-contrast"));
  await page.evaluate(() => {
    const seen = new Set<string>();
    for (const one of document.querySelectorAll<HTMLElement>("body *")) {
      if (![...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim())) continue;
      const { color, fontSize, fontWeight } = getComputedStyle(one);
      const look = [color, fontSize, fontWeight];
      for (let at: Element | null = one; at; at = at.parentElement) {
        const { backgroundColor, backgroundImage, opacity } = getComputedStyle(at);
        look.push(`${backgroundColor} ${backgroundImage} ${opacity}`);
      }
      const key = look.join();
      if (!seen.has(key)) one.dataset.firstOfItsLook = "";
      seen.add(key);
    }
  });
  const pale = await faultsOf(page, (axe) => axe.withRules("color-contrast").include("[data-first-of-its-look]"));
  return [...faults, ...pale].map(({ line }) => line);
}
