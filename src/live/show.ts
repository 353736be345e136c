import type { RotationOptions } from "../notify/log-file.ts";
import type { SchedulerEvent } from "../scheduler/events.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import type { Instant } from "../time/instant.ts";
import type { Viewer } from "./viewer.ts";
import type { DisplayOptions } from "./viewers.ts";

/** A run that is shown. */
export interface Shown {
  /** Resolves when what has been told so far is on the screen. */
  readonly isOpen: Promise<void>;
  close(): void;
}

/** Shows a run on the terminal, or in lines where there is none. */
export const show = (scheduler: SchedulerCore, displayOptions: DisplayOptions): Shown => {
  const shown = shownBy(scheduler, async () =>
    (await import("./viewers.ts")).viewerFor(scheduler, displayOptions),
  );
  const isOpen = Promise.all([import("../report/unfinished.ts"), shown.isOpen]).then(
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
export const keepLog = (
  scheduler: SchedulerCore,
  { file, ...rotation }: LogOptions,
  isVerbose: boolean,
): Shown =>
  shownBy(scheduler, async () => {
    const [{ PlainViewer }, { rotatedFile }] = await Promise.all([
      import("./log.ts"),
      import("../notify/log-file.ts"),
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
const shownBy = (scheduler: SchedulerCore, load: () => Promise<Viewer>): Shown => {
  const early: (readonly [SchedulerEvent, Instant])[] = [];
  let viewer: Viewer | undefined;
  const unlisten = scheduler.events.listenToAll((event) => {
    const at = scheduler.clock.now();
    if (viewer) viewer.tell(event, at);
    else early.push([event, at]);
  });
  const isOpen = load().then((loaded) => {
    viewer = loaded;
    viewer.open();
    for (const [event, at] of early) viewer.tell(event, at);
  });
  return {
    isOpen,
    close() {
      unlisten();
      viewer?.close();
    },
  };
};
