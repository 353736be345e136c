import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

/** Waits for something real to come true; a test that waits in vain runs into its own limit. */
export const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await setTimeout(10);
};

/** Whether a process runs; one that has ended and that nobody has asked about does not. */
export const isProcessAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !isZombie(pid);
};

const isZombie = (pid: number): boolean => {
  if (process.platform !== "linux") return false;
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
};
