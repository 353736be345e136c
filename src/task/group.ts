import { spawn } from "node:child_process";
import { systemClock } from "../time/clock.ts";
import { later, type Milliseconds } from "../time/instant.ts";
import { after } from "./after.ts";

const isWindows = process.platform === "win32";

/** How a program is started so that it leads a group of its own: all that it starts can be ended with it. */
export const asGroup = isWindows ? { windowsHide: true } : { detached: true };

/** The groups that run, by the process that leads each. */
const running = new Set<number>();

/** Remembers a group, so that it does not outlive this process. @returns a function that forgets it */
export const watch = (leader: number): (() => void) => {
  if (running.size === 0) process.on("exit", killAll);
  running.add(leader);
  return () => {
    running.delete(leader);
    if (running.size === 0) process.off("exit", killAll);
  };
};

const killAll = (): void => {
  for (const leader of running) send(leader, "SIGKILL");
};

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
