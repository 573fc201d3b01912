/** What these tests, which are typed for the Worker's runtime and run in Node, need of Node: the recordings lie in files. */
declare module "node:fs" {
  export function existsSync(path: string): boolean;
  export function readdirSync(path: string): string[];
  export function readFileSync(path: string, encoding: "utf8"): string;
}

declare module "node:path" {
  const path: { join(...parts: string[]): string };
  export default path;
}

interface ImportMeta {
  readonly dirname: string;
}
