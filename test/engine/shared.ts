import { createScheduler, ScheduleError, type Scheduler } from "onthedot";
import { type BullmqOptions, bullmq } from "onthedot/bullmq";
import type { AtEnd } from "./contract.ts";

/** A machine of its own, in this process: a scheduler with an engine, and what it has warned of. */
export interface Machine extends Scheduler {
  readonly warnings: readonly string[];
}

export const machineOn = (url: string, atEnd: AtEnd, options: BullmqOptions = {}): Machine => {
  const schedule = createScheduler({ zone: "UTC", engine: bullmq(url, options) });
  const warnings: string[] = [];
  schedule.listen("warning", ({ message }) => warnings.push(message));
  // Failures that are noticed are not printed.
  schedule.listen("failed", () => {});
  atEnd(() => schedule.stop(0));
  return { ...schedule, warnings };
};

/** A task. */
export const nothing = (): void => {};

export const pass = (seconds: number): Promise<void> => new Promise((go) => setTimeout(go, seconds * 1_000));

/** Waits until something is so; fails after a time with what was the case instead. */
export const until = async (
  isSo: () => boolean,
  seconds = 20,
  tell: () => unknown = () => "",
): Promise<void> => {
  const end = performance.now() + seconds * 1_000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`it was never so: ${JSON.stringify(tell())}`);
    await pass(0.05);
  }
};

/** The error that a call throws. */
export const refusal = (act: () => unknown): ScheduleError => {
  try {
    act();
  } catch (error) {
    if (error instanceof ScheduleError) return error;
  }
  throw new Error("it was not refused");
};
