import type { SchedulerEvent } from "../scheduler/events.ts";
import type { Instant } from "../time/instant.ts";

/** What shows a scheduler at work: a screen, lines of text, lines of JSON. It only listens. */
export interface Viewer {
  /** Shows what there is when it opens. */
  open(): void;
  tell(event: SchedulerEvent, at: Instant): void;
  /** Leaves the terminal as it was. */
  close(): void;
}
