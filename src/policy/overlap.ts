/**
 * What happens when an occurrence comes while the last run still runs.
 *
 * - `"skip"`: it does not run, and that is recorded
 * - `"queue"`: one waits and starts when the running one has ended; more than one are skipped
 * - `"queueAll"`: up to 1,000 wait, the rest are dropped and counted
 * - `"cancel"`: the running one's signal aborts, and the new one starts when it has ended
 * - `"allow"`: both run
 */
export type Overlap = "skip" | "queue" | "queueAll" | "cancel" | "allow";

export const overlaps: readonly Overlap[] = ["skip", "queue", "queueAll", "cancel", "allow"];

/** How many runs may wait under `"queueAll"`. */
export const longestQueue = 1_000;

export type Arrival = "start" | "wait" | "skip" | "drop" | "replace";

/**
 * What to do with an occurrence. `"replace"` means: abort what runs, forget what waits, and wait.
 */
export const onArrival = (running: number, waiting: number, overlap: Overlap): Arrival => {
  if (running === 0 || overlap === "allow") return "start";
  switch (overlap) {
    case "skip":
      return "skip";
    case "queue":
      return waiting === 0 ? "wait" : "skip";
    case "queueAll":
      return waiting < longestQueue ? "wait" : "drop";
    case "cancel":
      return "replace";
  }
};
