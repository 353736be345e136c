import type { CatchUp } from "../policy/catch-up.ts";
import type { Overlap } from "../policy/overlap.ts";
import type { Policies } from "../policy/policies.ts";
import { counted } from "../terminal/text.ts";
import { formatDuration } from "../time/duration.ts";

/** What happens when a run is slow, late or fails, in words: a head and a sentence each. */
export const policyRows = (policies: Policies): readonly (readonly [string, string])[] => {
  const { overlap, catchUp, retry, timeout, jitter, pauseAfter, ifInterrupted } = policies;
  const within = catchUp.within === undefined ? "" : `, up to ${formatDuration(catchUp.within)} late`;
  return [
    ["overlap", `${overlap}: ${overlaps[overlap]}`],
    ["catch up", `${catchUp.missed}: ${catchUps[catchUp.missed]}${within}`],
    ...(retry ? [["retry", `${counted(retry.times, "more attempt")} after a failure`] as const] : []),
    ...(timeout === undefined ? [] : [["timeout", `${formatDuration(timeout)} for an attempt`] as const]),
    ...(jitter === undefined ? [] : [["jitter", `starts up to ${formatDuration(jitter)} later`] as const]),
    ...(pauseAfter === undefined
      ? []
      : [["pause", `after ${counted(pauseAfter, "failed run")} in a row`] as const]),
    ...(ifInterrupted === "report" ? [] : [["cut off", "a run that was cut off runs again"] as const]),
  ];
};

const overlaps: Readonly<Record<Overlap, string>> = {
  skip: "what comes while a run goes on does not run",
  queue: "one that comes while a run goes on waits for it",
  queueAll: "those that come while a run goes on wait, up to 1,000",
  cancel: "the next one ends a run that still goes on",
  allow: "runs may go on side by side",
};

const catchUps: Readonly<Record<CatchUp, string>> = {
  once: "after sleep or a stop, the latest missed one runs",
  skip: "after sleep or a stop, nothing missed runs",
  all: "after sleep or a stop, all missed ones run, up to 100",
};
