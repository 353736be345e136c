import type { Job } from "../job.ts";
import { counted, sayLength } from "../terminal/text.ts";
import { utc } from "../time/zone.ts";
import { lesson } from "./lesson.ts";
import { strokesOf } from "./picture.ts";

/** What a machine that slept has missed. */
export const sleep = lesson({
  name: "sleep",
  title: "Sleep and catch-up",
  about: "what becomes of runs that a closed lid has missed",
  load: () => import("./scripts/sleep.ts"),
  tell({ jobs, noticed, opened, closed }) {
    const [once, skip, all] = jobs.map((job) => madeUp(job, noticed));
    const missed = jobs[0]!.history().filter(({ scheduled }) => scheduled < noticed);
    const count = missed.reduce((sum, run) => sum + (run.count ?? 1), 0);
    return {
      pictures: [
        {
          from: closed,
          to: new Date("2026-11-24T10:00:00Z"),
          zone: utc,
          lanes: Object.fromEntries(jobs.map((job) => [job.name, strokesOf(job.history())])),
          asleep: { from: closed, to: opened },
        },
      ],
      explained: [
        `The machine slept ${sayLength(opened.getTime() - closed.getTime())}, and each job missed ${counted(count, "run")}. A timer stands still in a machine that sleeps, so no timer here is set further ahead than half a minute: ${sayLength(noticed.getTime() - opened.getTime())} after the lid was opened the wall clock had gone further than the time that passed, and that is how sleep is noticed.`,
        `Then each job's catchUp decides. once, which is the default, ran ${counted(once!, "missed run")}, the latest; skip ran ${skip === 0 ? "none" : counted(skip!, "missed run")}; all ran ${counted(all!, "missed run")}, the oldest first. Jobs start some seconds apart, so that a laptop that wakes is not run over. At nine all three were on the dot again.`,
      ],
      question: {
        asked:
          "A report says how things stand now. The laptop slept through several of them. Which policy fits?",
        choices: [
          {
            text: "once",
            why: "one report of now is what is wanted, and it comes as soon as the machine is awake.",
            isRight: true,
          },
          {
            text: "skip",
            why: "there would be no report until the next one is due, though one was wanted long ago.",
          },
          {
            text: "all",
            why: "all of them would say the same, how things stand now: that is for work that belongs to its moment, such as a bill for each day.",
          },
        ],
      },
    };
  },
});

/** How many of the runs that were planned before a moment were started after it. */
const madeUp = (job: Job, noticed: Date): number =>
  job.history().filter(({ scheduled, started }) => scheduled < noticed && started).length;
