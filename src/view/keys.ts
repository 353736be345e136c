import type { Job } from "../job/job.ts";

/** What a key asks for. */
export type Wish =
  | { readonly kind: "help" | "list" | "pause" | "quit" | "suspend" }
  | { readonly kind: "run"; readonly job: Job };

/** A job is being chosen, to be run by hand. */
export interface Choice {
  readonly jobs: readonly Job[];
  readonly index: number;
}

export interface Pressed {
  readonly wish?: Wish | undefined;
  readonly choice?: Choice | undefined;
}

/** What a key means: a wish, a step in a choice, or nothing. */
export const press = (key: string, choice: Choice | undefined, jobs: readonly Job[]): Pressed => {
  if (key === "\x03") return { wish: { kind: "quit" } };
  if (key === "\x1a") return { wish: { kind: "suspend" }, choice };
  if (choice) return choose(key, choice);
  if (key === "r") return jobs.length === 0 ? {} : { choice: { jobs, index: 0 } };
  const kind = wishes[key];
  return kind ? { wish: { kind } } : {};
};

const wishes: Readonly<Record<string, "help" | "list" | "pause" | "quit">> = {
  h: "help",
  "?": "help",
  l: "list",
  p: "pause",
  q: "quit",
};

const choose = (key: string, { jobs, index }: Choice): Pressed => {
  const job = jobs[index];
  if (forth.has(key)) return { choice: { jobs, index: (index + 1) % jobs.length } };
  if (back.has(key)) return { choice: { jobs, index: (index + jobs.length - 1) % jobs.length } };
  if (key === "\r" || key === "\n") return job ? { wish: { kind: "run", job } } : {};
  if (key === "\x1b" || key === "q") return {};
  const named = jobs.findIndex(({ name }) => name.toLowerCase().startsWith(key.toLowerCase()));
  return { choice: { jobs, index: named < 0 ? index : named } };
};

const forth: ReadonlySet<string> = new Set(["\x1b[B", "\x1b[C", "\t", "r"]);
const back: ReadonlySet<string> = new Set(["\x1b[A", "\x1b[D"]);

/** The keys in what a terminal sends: sequences of arrows and the like stay whole. */
export const keysIn = (sent: string): readonly string[] =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals send these
  sent.match(/\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Z]|./gsu) ?? [];
