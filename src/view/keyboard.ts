import { readFileSync } from "node:fs";
import { keysIn } from "./keys.ts";

/** The part of `process.stdin` that gives single keys. */
export interface Keyboard {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: "data", listener: (sent: Buffer | string) => void): unknown;
  off(event: "data", listener: (sent: Buffer | string) => void): unknown;
  listenerCount(event: string): number;
}

/**
 * Gives each key that is pressed, until it is let go of. Nothing, where there is no keyboard, where the script itself reads from it, or where the
 * process is in the background of its terminal: whoever reaches for the keyboard there is stopped by the system.
 */
export const listenToKeys = (keyboard: Keyboard, onKey: (key: string) => void): (() => void) | undefined => {
  const isTaken = keyboard.listenerCount("data") + keyboard.listenerCount("readable") > 0;
  if (!keyboard.isTTY || !keyboard.setRawMode || isTaken || isInBackground()) return undefined;
  const hear = (sent: Buffer | string) => {
    for (const key of keysIn(sent.toString())) onKey(key);
  };
  keyboard.setRawMode(true);
  keyboard.resume();
  keyboard.on("data", hear);
  return () => {
    keyboard.off("data", hear);
    keyboard.setRawMode?.(false);
    keyboard.pause();
  };
};

/** Whether another group of processes has the terminal: told by proc(5); where there is no such file, no. */
export const isInBackground = (): boolean => {
  try {
    // The name of the command, in parentheses, may hold anything; after it: state, parent, group, session, terminal, its foreground group.
    const fields = readFileSync("/proc/self/stat", "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[2] !== fields[5];
  } catch {
    return false;
  }
};
