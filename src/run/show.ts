import type { Told } from "../scheduler/events.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import type { Instant } from "../time/instant.ts";
import type { Showing } from "../view/show-run.ts";
import type { Viewer } from "../view/viewer.ts";

/** A run that is shown. */
export interface Shown {
  /** Resolves when what has been told so far is on the screen. */
  readonly isOpen: Promise<void>;
  close(): void;
}

/**
 * Shows a run from now on. What shows it is loaded only here, for scripts alone need it; what is told until then is kept for it.
 */
export const show = (scheduler: Scheduler, showing: Showing): Shown => {
  const early: (readonly [Told, Instant])[] = [];
  let viewer: Viewer | undefined;
  const unlisten = scheduler.events.listenToAll((told) => {
    const at = scheduler.clock.now();
    if (viewer) viewer.tell(told, at);
    else early.push([told, at]);
  });
  const isOpen = Promise.all([import("../view/show-run.ts"), import("../view/unfinished.ts")]).then(
    ([{ viewerFor }, { unfinishedWarnings }]) => {
      viewer = viewerFor(scheduler, showing);
      viewer.open();
      for (const [told, at] of early) viewer.tell(told, at);
      for (const message of unfinishedWarnings(process.argv[1])) scheduler.warn(message);
    },
  );
  return {
    isOpen,
    close() {
      unlisten();
      viewer?.close();
    },
  };
};
