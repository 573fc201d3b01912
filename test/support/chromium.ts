/**
 * Finds a Chromium and starts it with made-up sound devices: the one that comes inside the `@sparticuz/chromium` package, unpacked
 * once into the temporary folder together with the libraries and fonts it may lack, or one the machine has. The packaged one is a
 * headless shell: without a window's toolbars and panels it needs a third less of the processor (resume and hostile: 45 s for 72 s).
 *
 * Run by itself (`node test/support/chromium.ts`) it says which browser it found and exits 0 when that one starts.
 */
import { spawn } from "node:child_process";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { type Browser, chromium } from "playwright-core";

/** A browser on this machine, and what has to be in the environment for it to start. */
export interface Found {
  path: string;
  env: Record<string, string>;
  from: "environment" | "system" | "package";
}

const SYSTEM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
];

/** `LUNA_CHROMIUM` names a browser, or `system` or `package`; else the package's where it runs, else the system's. */
export async function findChromium(): Promise<Found> {
  const named = process.env.LUNA_CHROMIUM ?? "";
  if (!["", "system", "package"].includes(named)) return { path: named, env: {}, from: "environment" };
  const path = SYSTEM.find((candidate) => existsSync(candidate));
  if (named === "system" && path !== undefined) return { path, env: {}, from: "system" };
  const own = await unpacked().catch(() => undefined);
  if (own && (named === "package" || path === undefined || (await runs(own)))) return own;
  if (path === undefined) throw new Error("There is no Chromium: neither the packaged one nor the system's.");
  return { path, env: {}, from: "system" };
}

/** The package is for one kind of processor, and needs some libraries that a very small machine may lack. */
function runs({ path, env }: Found): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(path, ["--version"], { stdio: "ignore", env: { ...process.env, ...env } });
    child.once("error", () => resolve(false));
    child.once("close", (code) => resolve(code === 0));
  });
}

/** Unpacks under another name first and renames: a second run beside this one never sees half a browser. */
async function unpacked(): Promise<Found> {
  const bin = join(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")), "..", "bin");
  const { version } = JSON.parse(await readFile(join(bin, "..", "package.json"), "utf8")) as {
    version: string;
  };
  const home = join(tmpdir(), `luna-chromium-${version}`);
  if (!existsSync(home)) {
    const half = await mkdtemp(join(tmpdir(), "luna-chromium-half-"));
    await pipeline(
      createReadStream(join(bin, "chromium.br")),
      createBrotliDecompress(),
      createWriteStream(join(half, "chromium")),
    );
    await chmod(join(half, "chromium"), 0o755);
    await untar(join(bin, "al2023.tar.br"), join(half, "libraries"));
    await untar(join(bin, "fonts.tar.br"), join(half, "fonts"));
    await writeFile(join(half, "fonts", "fonts.conf"), fontsConf(join(home, "fonts")));
    await rename(half, home).catch(() => rm(half, { recursive: true, force: true }));
  }
  const libraries = join(home, "libraries", "lib");
  const searched = [process.env.LD_LIBRARY_PATH, libraries].filter((one) => one !== undefined && one !== "");
  const env: Record<string, string> = { LD_LIBRARY_PATH: searched.join(":") };
  if (!existsSync("/etc/fonts/fonts.conf")) env.FONTCONFIG_PATH = join(home, "fonts");
  return { path: join(home, "chromium"), env, from: "package" };
}

/** The package's own list of font folders names places that exist in a cloud function only. */
function fontsConf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}</dir><cachedir>${join(folder, "cache")}</cachedir></fontconfig>
`;
}

async function untar(archive: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const tar = spawn("tar", ["-x", "-f", "-", "-C", folder], { stdio: ["pipe", "ignore", "pipe"] });
  let complaint = "";
  tar.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const ended = new Promise<number>((resolve, reject) => {
    tar.once("error", reject);
    tar.once("close", (code) => resolve(code ?? 1));
  });
  await pipeline(createReadStream(archive), createBrotliDecompress(), tar.stdin);
  if ((await ended) !== 0) throw new Error(`tar could not unpack ${archive}: ${complaint}`);
}

export interface LaunchOptions {
  /** `grant`: a made-up microphone that is allowed. `deny`: the same one, refused by the person. */
  microphone?: "grant" | "deny";
}

const QUIET = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-default-apps",
  "--disable-domain-reliability",
  "--no-first-run",
  "--no-pings",
  "--mute-audio",
];

/** Starts the browser headless. The caller closes it. */
export async function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  const found = await findChromium();
  const args = [...QUIET, "--use-fake-device-for-media-stream", "--allow-loopback-in-peer-connection"];
  // A headless shell has nobody to ask and says that it does not know how: the person's no is made up like the yes.
  if (options.microphone === "deny") args.push("--use-fake-ui-for-media-stream=deny");
  else args.push("--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required");
  const env = Object.fromEntries(
    Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  return chromium.launch({
    executablePath: found.path,
    headless: true,
    args,
    env: { ...env, ...found.env },
    timeout: 60_000,
  });
}

if (import.meta.main) {
  const found = await findChromium();
  const browser = await launchChromium();
  console.log(`Chromium ${browser.version()} (${found.from}): ${found.path}`);
  await browser.close();
}
