import { counted, sayLength } from "../terminal/text.ts";
import { second } from "../time/plain-time.ts";
import { utc } from "../time/zone.ts";
import { lesson } from "./lesson.ts";
import { strokesOf } from "./picture.ts";

/** Work that fails, and work that hangs. */
export const retry = lesson({
  name: "retry",
  title: "Retry and timeout",
  about: "work that fails, and work that never ends",
  load: () => import("./scripts/retry.ts"),
  tell({ jobs, attempts }) {
    const [flaky, hanging] = jobs;
    const [run] = flaky!.history();
    const worked = run!.ended!.getTime() - attempts.at(-1)!.getTime();
    const pauses = attempts
      .slice(1)
      .map((at, i) => (at.getTime() - attempts[i]!.getTime() - worked) / second);
    const [cut] = hanging!.history();
    return {
      pictures: [
        {
          from: new Date("2026-11-23T09:00:00Z"),
          to: new Date("2026-11-23T09:03:00Z"),
          zone: utc,
          lanes: {
            "flaky, attempts": attempts.map((at, i) => ({
              at,
              kind: i < attempts.length - 1 ? ("failed" as const) : ("run" as const),
            })),
            hanging: strokesOf(hanging!.history()),
          },
        },
      ],
      explained: [
        `flaky was one run with ${counted(run!.attempts, "attempt")} and pauses of ${pauses.join(" s and ")} s between them: each is twice as long as the one before, so that a server in trouble is left in peace. The run took ${sayLength(run!.ended!.getTime() - run!.started!.getTime())} and ${run!.outcome}.`,
        `hanging would never end. After ${sayLength(cut!.ended!.getTime() - cut!.started!.getTime())} its signal was aborted and the run recorded as ${cut!.outcome}; the next one was due a minute later, and came. Hand the signal on, as in fetch(url, { signal }): a promise cannot be stopped from outside, it can only be asked.`,
      ],
      question: {
        asked: `flaky was called ${counted(attempts.length, "time")}. How many runs does its job.history() have?`,
        choices: [
          {
            text: String(attempts.length),
            why: "those are attempts: they belong to one occurrence, which has one outcome.",
          },
          {
            text: String(flaky!.history().length),
            why: "attempts belong to their run, and the run succeeded in the end: one occurrence, one outcome.",
            isRight: true,
          },
          {
            text: String(attempts.length - flaky!.history().length),
            why: "a failed attempt is no failed run as long as another one follows.",
          },
        ],
      },
    };
  },
});
