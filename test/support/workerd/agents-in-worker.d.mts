export interface AgentsInWorker {
  /** Cities the SDK's own tool was asked for. */
  asked: string[];
  errors: unknown[];
  say(text: string): void;
  /** What the assistant has said, by the SDK's history. */
  said(): string[];
  close(): void;
}
export function agentsInWorker(url: string, apiKey: string): Promise<AgentsInWorker>;
