import type { Job } from "../job.ts";
import { counted } from "../terminal/text.ts";
import { utc } from "../time/zone.ts";
import { lesson } from "./lesson.ts";
import { strokesOf } from "./picture.ts";

/** A run that comes while the last one still runs. */
export const overlap = lesson({
  name: "overlap",
  title: "Overlap",
  about: "skip, queue or allow, when the last run still runs",
  load: () => import("./scripts/overlap.ts"),
  tell({ jobs }) {
    const [skip, queue, allow] = jobs.map((job) => ({
      ran: job.history().filter(({ started }) => started).length,
      waited: waits(job),
    }));
    const due = jobs[0]!.history().length;
    return {
      pictures: [
        {
          from: new Date("2026-11-23T09:00:00Z"),
          to: new Date("2026-11-23T09:02:00Z"),
          zone: utc,
          lanes: Object.fromEntries(jobs.map((job) => [job.name, strokesOf(job.history())])),
        },
      ],
      explained: [
        `Each was due ${counted(due, "time")}. skip, which is the default, ran ${counted(skip!.ran, "time")} and left out what came meanwhile. queue ran ${counted(queue!.ran, "time")}: one run may wait, here for ${queue!.waited} s at most, and what comes while one waits is left out. allow ran ${counted(allow!.ran, "time")}, up to ${together(jobs[2]!)} of them side by side.`,
        `Nothing of this is silent: what did not run is in the job.history() as "skipped". A fourth word, "cancel", ends the old run and starts the new one; and a job that is slow each time needs another interval, not another policy.`,
      ],
      question: {
        asked:
          "A backup writes into one file, and now and then takes longer than the time between two. Which one can spoil that file?",
        choices: [
          { text: "skip", why: "it never has two runs at once: the one that comes too early is left out." },
          {
            text: "queue",
            why: "it never has two runs at once: the next one waits until the first has ended.",
          },
          {
            text: "allow",
            why: "two backups would write into the same file at the same time, and that is for work that may overlap.",
            isRight: true,
          },
        ],
      },
    };
  },
});

/** The longest wait between the planned moment and the start, in seconds. */
const waits = (job: Job): number =>
  Math.max(
    ...job
      .history()
      .map(({ scheduled, started = scheduled }) => (started.getTime() - scheduled.getTime()) / 1000),
  );

/** How many runs of a job there were at once. */
const together = (job: Job): number =>
  Math.max(
    ...job
      .history()
      .map(
        ({ started: now }) =>
          job.history().filter(({ started, ended }) => started! <= now! && ended! > now!).length,
      ),
  );
