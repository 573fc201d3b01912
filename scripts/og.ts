/**
 * Draws `public/og.png`, the picture that chat apps show beside a link: the same moon, night and words as the page. It is the same
 * for every link and tells nothing of any. Run by hand when the look changes: `node scripts/og.ts`.
 */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { launchChromium } from "../test/support/chromium.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const SIZE = { width: 1200, height: 630 };

const styles = await Promise.all(
  ["tokens", "base", "moon", "guest-page"].map((name) =>
    readFile(path.join(ROOT, `public/styles/${name}.css`), "utf8"),
  ),
);
const html = `<!doctype html><html data-theme="dark"><style>${styles.join("\n")}
  .g-head { grid-template: "moon words" 1fr / 440px 1fr; align-content: center; justify-items: start; width: 1200px; height: 630px; padding: 0 90px; text-align: left; }
  .g-head .moon { --size: 300px; grid-area: moon; align-self: center; margin: 0; }
  .words { grid-area: words; align-self: center; }
  .g-kicker { font-size: 30px; }
  .g-title { max-width: none; margin-top: 10px; font-size: 92px; }
  .g-lead { max-width: 22ch; margin-top: 22px; font-size: 34px; }
</style><body><div class="g-head"><div class="moon moon-idle"><span class="moon-halo"></span><span class="moon-disc"><span class="moon-shade"></span></span></div>
<div class="words"><p class="g-kicker">You are invited</p><h1 class="g-title">Call Luna.<br>Just talk.</h1><p class="g-lead">A voice agent of an invented bank. No account, nothing to install.</p></div></div></body></html>`;

const browser = await launchChromium();
const page = await browser.newPage({ viewport: SIZE, colorScheme: "dark", reducedMotion: "reduce" });
await page.setContent(html);
await writeFile(path.join(ROOT, "public/og.png"), await page.screenshot({ clip: { x: 0, y: 0, ...SIZE } }));
await browser.close();
