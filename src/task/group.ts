import { spawn } from "node:child_process";
import { systemClock } from "../time/clock.ts";
import { later, type Milliseconds } from "../time/instant.ts";
import { after } from "./after.ts";

const isWindows = process.platform === "win32";

/** How a program is started so that it leads a group of its own: all that it starts can be ended with it. */
export const asGroup = isWindows ? { windowsHide: true } : { detached: true };

/** The groups that run, by the process that leads each, and how long each may take to end. */
const running = new Map<number, Milliseconds>();

/** Signals that end a process at once, without its `exit` event, where nobody listens for them. */
const fatal = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Remembers a group, so that it does not outlive this process. @returns a function that forgets it */
export const watch = (leader: number, grace: Milliseconds): (() => void) => {
  if (running.size === 0) {
    process.on("exit", killAll);
    for (const signal of fatal) process.on(signal, endAll);
  }
  running.set(leader, grace);
  return () => {
    running.delete(leader);
    if (running.size === 0) stopListening();
  };
};

const stopListening = (): void => {
  process.off("exit", killAll);
  for (const signal of fatal) process.off(signal, endAll);
};

const killAll = (): void => {
  for (const leader of running.keys()) send(leader, "SIGKILL");
};

/** When a signal came that ends this process as soon as its programs have ended. */
let endsSince: number | undefined;

/** Whether a signal has come that ends this process as soon as its programs have ended. */
export const endsWithSignal = (): boolean => endsSince !== undefined;

/** Where nobody else listens for the signal, as under `start()`: ends the programs and then the process, as the signal would have. */
const endAll = (signal: NodeJS.Signals): void => {
  if (endsSince === undefined && process.listenerCount(signal) > 1) return;
  const die = () => {
    killAll();
    stopListening();
    process.kill(process.pid, signal);
  };
  if (endsSince !== undefined) {
    // One Ctrl-C under tsx can arrive twice.
    if (systemClock.monotonic() - endsSince > 500) die();
    return;
  }
  endsSince = systemClock.monotonic();
  void Promise.all(
    [...running].map(([leader, grace]) => endGroup(leader, Math.min(grace, longestEnd) as Milliseconds)),
  ).then(die);
};

/** A process that was asked to end is not held up longer by its programs. */
const longestEnd = 4_500 as Milliseconds;

/** Asks a group to end; what is left of it after the grace is killed. Resolves when nothing of it is left, or was killed. */
export const endGroup = async (leader: number, grace: Milliseconds): Promise<void> => {
  const end = later(systemClock.now(), grace);
  send(leader, "SIGTERM");
  while (isAlive(leader) && systemClock.now() < end) await after(glance);
  if (isAlive(leader)) send(leader, "SIGKILL");
};

/** How often one looks whether a group has ended. */
const glance = 20 as Milliseconds;

/** Windows has neither groups nor signals: there a tree of processes is ended at once. */
const send = (leader: number, signal: NodeJS.Signals): void => {
  if (isWindows) spawn("taskkill", ["/pid", String(leader), "/T", "/F"], { stdio: "ignore" }).unref();
  else sendToGroup(leader, signal);
};

const isAlive = (leader: number): boolean => !isWindows && sendToGroup(leader, 0);

const sendToGroup = (leader: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
};
