import type { Loop } from "./scheduler/loop.ts";
import type { Scheduler } from "./scheduler/scheduler.ts";
import { drain, onSignals, usualGrace } from "./scheduler/shutdown.ts";
import type { Store } from "./store/store.ts";
import { type DurationLike, parseDuration } from "./time/duration.ts";
import { systemZoneTrouble } from "./time/zone.ts";
import { showRun } from "./view/show-run.ts";

export interface RunOptions {
  /** Where decisions are kept from now on. @default memory */
  readonly store?: Store;
  /** How long running tasks are waited for after Ctrl-C. @default "30 seconds" */
  readonly grace?: DurationLike;
}

/**
 * Runs a script's jobs until it is stopped or no job is left: shows them, sleeps until the next run, and drains on SIGINT and SIGTERM (exit code 0; 130
 * when a second signal gives up waiting).
 */
export const runScheduler = async (
  scheduler: Scheduler,
  loop: Loop,
  options: RunOptions = {},
): Promise<void> => {
  const grace = parseDuration(options.grace ?? usualGrace, "grace", 0);
  if (options.store) scheduler.useStore(options.store);
  const screen = showRun(scheduler, process.stdout);
  const trouble = systemZoneTrouble();
  if (trouble) scheduler.events.emit("warning", { message: trouble });
  loop.start();
  await new Promise<void>((resolve) => {
    const unlisten = scheduler.listen("removed", () => queueMicrotask(endIfOver));
    const off = onSignals(scheduler.clock, stop, () => process.exit(130));
    const end = () => {
      unlisten();
      off();
      loop.stop();
      resolve();
    };
    function endIfOver(): void {
      if (!scheduler.isOver) return;
      end();
      screen.sayOver();
    }
    function stop(): void {
      void drain(scheduler, loop, grace).then((hasEnded) => {
        end();
        process.exit(hasEnded ? 0 : 130);
      });
    }
    endIfOver();
  });
};
