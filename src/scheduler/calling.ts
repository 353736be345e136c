import type { AsyncLocalStorage } from "node:async_hooks";
import type { Run } from "./run.ts";

/** Where calls belong after they have waited, also those of a task that is not itself asynchronous and returns a promise. */
let inside: AsyncLocalStorage<Run> | undefined;

/** Whose task is being called right now. */
let called: Run | undefined;

/** Calls a run's task, and remembers for all that it calls in turn which run they belong to. */
export const callTask = (run: Run): unknown => {
  const { task, args, manner } = run.definition;
  const outer = called;
  called = run;
  try {
    // Programs and threads call nothing of ours.
    if (!manner) return storage().run(run, task, ...args, run.context());
    return task(...args, run.context());
  } finally {
    called = outer;
  }
};

/** The run from whose task this is called, and those whose tasks wait for it because they run it by hand; none when it is called from elsewhere. */
export const callers = (): readonly Run[] => {
  const found: Run[] = [];
  for (let run = called ?? inside?.getStore(); run; run = run.calledBy) found.push(run);
  return found;
};

/** Made, and its module loaded, at the first task: a start is a millisecond shorter. */
const storage = (): AsyncLocalStorage<Run> => {
  inside ??= new (process.getBuiltinModule("node:async_hooks").AsyncLocalStorage)<Run>();
  return inside;
};
