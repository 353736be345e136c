import type { RotationOptions } from "../notice/rotated-file.ts";
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

/** Shows a run on the terminal, or in lines where there is none. */
export const show = (scheduler: Scheduler, showing: Showing): Shown => {
  const shown = shownBy(scheduler, async () =>
    (await import("../view/show-run.ts")).viewerFor(scheduler, showing),
  );
  const isOpen = Promise.all([import("../view/unfinished.ts"), shown.isOpen]).then(
    ([{ unfinishedWarnings }]) => {
      for (const message of unfinishedWarnings(process.argv[1])) scheduler.warn(message);
    },
  );
  return { ...shown, isOpen };
};

/** Where a run is written down, and how large that may become. */
export interface LogOptions extends RotationOptions {
  /** Its path. */
  readonly file: string;
}

/** Writes what happens down in a file that rotates, as lines with their time. A file that cannot be written is told as a warning. */
export const keepLog = (scheduler: Scheduler, { file, ...rotation }: LogOptions, isVerbose: boolean): Shown =>
  shownBy(scheduler, async () => {
    const [{ PlainViewer }, { rotatedFile }] = await Promise.all([
      import("../view/log-viewer.ts"),
      import("../notice/rotated-file.ts"),
    ]);
    const onTrouble = ({ message }: Error) =>
      scheduler.events.emit("warning", { message: `the log is not written: ${message}` });
    return new PlainViewer(scheduler, rotatedFile(file, rotation, onTrouble), {}, isVerbose);
  });

/** Several that show the same run. */
export const together = (all: readonly Shown[]): Shown => ({
  isOpen: Promise.all(all.map(({ isOpen }) => isOpen)).then(() => {}),
  close() {
    for (const one of all) one.close();
  },
});

/**
 * Shows a run from now on. What shows it is loaded only here, for scripts alone need it; what is told until then is kept for it.
 */
const shownBy = (scheduler: Scheduler, load: () => Promise<Viewer>): Shown => {
  const early: (readonly [Told, Instant])[] = [];
  let viewer: Viewer | undefined;
  const unlisten = scheduler.events.listenToAll((told) => {
    const at = scheduler.clock.now();
    if (viewer) viewer.tell(told, at);
    else early.push([told, at]);
  });
  const isOpen = load().then((loaded) => {
    viewer = loaded;
    viewer.open();
    for (const [told, at] of early) viewer.tell(told, at);
  });
  return {
    isOpen,
    close() {
      unlisten();
      viewer?.close();
    },
  };
};
