import type { RunRecord } from "../job/run.ts";
import type { Store } from "./store.ts";

/** How many decisions a job keeps in memory. */
const mostKept = 100;

/** Remembers as long as the process lives. The scheduler's own entries hold cursor and pause; only the decisions are kept here. */
export const memoryStore = (): Store => {
  const histories = new Map<string, RunRecord[]>();
  const record = (name: string, run: RunRecord) => {
    const history = histories.get(name);
    if (!history) histories.set(name, [run]);
    else if (history.push(run) >= 2 * mostKept) history.splice(0, mostKept);
  };
  return {
    isDurable: false,
    enrol: ({ recurrence, anchor }) => ({
      recurrence,
      anchor,
      cursor: null,
      isPaused: false,
      failures: 0,
      rerun: [],
      remarks: [],
    }),
    claim({ name, passed }) {
      for (const run of passed) record(name, run);
      return true;
    },
    cursor: () => null,
    record,
    pause() {},
    history: (name, most) => histories.get(name)?.slice(-Math.min(most, mostKept)) ?? [],
    close() {},
  };
};
