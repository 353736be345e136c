import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Job } from "../job.ts";

/** The part of `process.stdin` that gives single keys. */
export interface Keyboard {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  /** Lets the process end while it listens. */
  unref?(): unknown;
  on(event: "error", listener: () => void): unknown;
  on(event: "data", listener: (sent: { toString(): string }) => void): unknown;
  off(event: "error", listener: () => void): unknown;
  off(event: "data", listener: (sent: { toString(): string }) => void): unknown;
  listenerCount(event: string): number;
}

/**
 * Gives each key that is pressed, until it is let go of. Nothing, where there is no keyboard, where the script itself reads from it, or where the
 * process is in the background of its terminal: whoever reaches for the keyboard there is stopped by the system.
 */
export const listenToKeys = (keyboard: Keyboard, onKey: (key: string) => void): (() => void) | undefined => {
  const isTaken = keyboard.listenerCount("data") + keyboard.listenerCount("readable") > 0;
  if (!keyboard.isTTY || !keyboard.setRawMode || isTaken || isInBackground()) return undefined;
  const hear = (sent: { toString(): string }) => {
    for (const key of keysIn(sent.toString())) onKey(key);
  };
  // Read from a terminal that is gone.
  const onError = () => {};
  keyboard.setRawMode(true);
  keyboard.resume();
  // Without a job it must not keep the script alive.
  keyboard.unref?.();
  keyboard.on("error", onError);
  keyboard.on("data", hear);
  return () => {
    keyboard.off("data", hear);
    keyboard.off("error", onError);
    try {
      keyboard.setRawMode?.(false);
    } catch {
      // The terminal is gone.
    }
    keyboard.pause();
  };
};

/** Whether another group of processes has the terminal: read from proc(5), or from ps(1) where there is no such file. */
export const isInBackground = (): boolean => {
  try {
    // The name of the command, in parentheses, may hold anything; after it: state, parent, group, session, terminal, its foreground group.
    const fields = readFileSync("/proc/self/stat", "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[2] !== fields[5];
  } catch {
    return process.platform !== "win32" && isInBackgroundByPs();
  }
};

/** @param ps what gives the process group and the terminal's foreground group, as two numbers */
export const isInBackgroundByPs = (
  ps = (): string =>
    spawnSync("ps", ["-o", "pgid=,tpgid=", "-p", String(process.pid)], { encoding: "utf8" }).stdout,
): boolean => {
  const [group, foreground] = /^\s*(\d+)\s+(\d+)\s*$/.exec(ps() ?? "")?.slice(1) ?? [];
  return group !== undefined && group !== foreground;
};

/** What a key asks for. */
export type KeyAction =
  | { readonly kind: "help" | "list" | "pause" | "quit" | "suspend" }
  | { readonly kind: "run"; readonly job: Job };

/** A job is being chosen, to be run by hand. */
export interface Choice {
  readonly jobs: readonly Job[];
  readonly index: number;
}

export interface Pressed {
  readonly action?: KeyAction | undefined;
  readonly choice?: Choice | undefined;
}

/** What a key means: a wish, a step in a choice, or nothing. */
export const press = (key: string, choice: Choice | undefined, jobs: readonly Job[]): Pressed => {
  if (key === "\x03") return { action: { kind: "quit" } };
  if (key === "\x1a") return { action: { kind: "suspend" }, choice };
  if (choice) return choose(key, choice);
  if (key === "r") return jobs.length === 0 ? {} : { choice: { jobs, index: 0 } };
  const kind = wishes[key];
  return kind ? { action: { kind } } : {};
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
  if (key === "\r" || key === "\n") return job ? { action: { kind: "run", job } } : {};
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
