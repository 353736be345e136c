import { threadId } from "node:worker_threads";
import type { WorkerContext } from "onthedot";

/** Computes for a while and never looks up. */
export default function heavy(milliseconds: number, context: WorkerContext): string {
  const end = performance.now() + milliseconds;
  let rounds: number = 0;
  while (performance.now() < end) rounds++;
  return `${context.job} ${context.attempt} ${context.scheduled instanceof Date} ${threadId > 0} ${rounds > 0}`;
}

export const named = async (a: number, b: number): Promise<number> => a + b;

export const last = (): symbol => Symbol.for("onthedot.CancelJob@1");

export const speaks = (): void => {
  console.log("from the thread");
};

export const fails = (): never => {
  throw new RangeError("too much");
};

export const exits = (): void => process.exit(3);
