import type { Clock } from "../time/clock.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";
import type { Loop } from "./loop.ts";
import type { Scheduler } from "./scheduler.ts";

/** How long running tasks are waited for. */
export const usualGrace = (30 * second) as Milliseconds;

/** Two signals within this time are one: one Ctrl-C under tsx can arrive twice. */
const oneSignal = 500;

/**
 * Lets nothing start any more, aborts the signals of what runs, waits for it up to the grace, and closes what tasks keep, and the store.
 *
 * @returns whether all had ended in time
 */
export const drain = async (
  scheduler: Scheduler,
  loop: Loop,
  grace: Milliseconds = usualGrace,
): Promise<boolean> => {
  loop.stop();
  const { running } = scheduler;
  scheduler.stopStarts();
  scheduler.events.emit("stopping", { running, grace });
  const hasEnded = await untilIdle(scheduler, grace);
  await scheduler.closeTasks();
  scheduler.closeStore();
  scheduler.allowStarts();
  scheduler.events.emit("stopped", { abandoned: scheduler.running });
  await scheduler.events.settled();
  return hasEnded;
};

const untilIdle = (scheduler: Scheduler, grace: Milliseconds): Promise<boolean> =>
  new Promise((resolve) => {
    const cancel = scheduler.clock.wakeAt(later(scheduler.clock.now(), grace), () => resolve(false));
    void scheduler.untilIdle().then(() => {
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
