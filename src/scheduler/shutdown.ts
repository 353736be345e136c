import type { Clock } from "../time/clock.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";
import type { Loop } from "./loop.ts";
import type { Run } from "./run.ts";
import type { Scheduler } from "./scheduler.ts";

/** How long running tasks are waited for. */
export const usualGrace = (30 * second) as Milliseconds;

/** Two signals within this time are one: one Ctrl-C under tsx can arrive twice. */
const oneSignal = 500;

/**
 * Lets nothing start any more, aborts the signals of what runs, waits for it up to the grace, and closes what tasks keep, the engine and the store. A task that calls it is not
 * waited for, or both would wait for each other; its run ends when it has gone on.
 *
 * @returns whether all had ended in time
 */
export const drain = async (
  scheduler: Scheduler,
  loop: Loop,
  grace: Milliseconds = usualGrace,
): Promise<boolean> => {
  const callers = scheduler.callers();
  scheduler.excuse(callers);
  if (!scheduler.draining) {
    scheduler.draining = drainOnce(scheduler, loop, grace, callers.length > 0);
    return scheduler.draining;
  }
  // What drains may be waiting for this very task, or may not have waited for the one that began it.
  if (callers.length > 0) return untilIdle(scheduler, grace, scheduler.stoppers);
  return (await scheduler.draining) && untilIdle(scheduler, grace, []);
};

/** @param isFromWithin whether a task began it: then it waits for none that waits for it */
const drainOnce = async (
  scheduler: Scheduler,
  loop: Loop,
  grace: Milliseconds,
  isFromWithin: boolean,
): Promise<boolean> => {
  const excused = isFromWithin ? scheduler.stoppers : [];
  loop.stop();
  const running = scheduler.running(excused);
  scheduler.stopStarts();
  scheduler.events.emit("stopping", { running, grace });
  try {
    const hasEnded = await untilIdle(scheduler, grace, excused);
    await scheduler.closeTasks();
    await scheduler.stopEngine();
    scheduler.closeStore();
    scheduler.allowStarts();
    scheduler.events.emit("stopped", { abandoned: scheduler.running(excused) });
    await scheduler.events.settled();
    return hasEnded;
  } finally {
    scheduler.draining = undefined;
    scheduler.stoppers = [];
  }
};

const untilIdle = (scheduler: Scheduler, grace: Milliseconds, except: readonly Run[]): Promise<boolean> =>
  new Promise((resolve) => {
    const cancel = scheduler.clock.wakeAt(later(scheduler.clock.now(), grace), () => resolve(false));
    void scheduler.untilIdle(except).then(() => {
      cancel();
      resolve(true);
    });
  });

/**
 * Listens for SIGINT and SIGTERM: the first asks to stop, a further one more than half a second later gives up.
 *
 * @returns a function that listens no longer
 */
export const onSignals = (clock: Clock, stop: () => void, abandon: () => void): (() => void) => {
  let first: Instant | undefined;
  const heard = () => {
    const now = clock.now();
    if (first === undefined) {
      first = now;
      stop();
    } else if (now - first > oneSignal) abandon();
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, heard);
  return () => {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.off(name, heard);
  };
};
