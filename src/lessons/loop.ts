import { counted, sayLength } from "../terminal/text.ts";
import { utc } from "../time/zone.ts";
import { lesson } from "./lesson.ts";
import { strokesOf } from "./picture.ts";

/** The polling loop. */
export const loop = lesson({
  name: "loop",
  title: "Your first loop",
  about: "look, run what is due, sleep, look again",
  load: () => import("./scripts/loop.ts"),
  tell({ jobs, looks }) {
    const runs = jobs.flatMap((job) => job.history());
    const latest = Math.max(
      ...runs.map(({ scheduled, started }) => started!.getTime() - scheduled.getTime()),
    );
    const late = runs.filter(({ scheduled, started }) => started! > scheduled);
    return {
      pictures: [
        {
          from: new Date("2026-11-23T09:00:00Z"),
          to: new Date("2026-11-23T11:00:00Z"),
          zone: utc,
          lanes: Object.fromEntries(jobs.map((job) => [job.name, strokesOf(job.history())])),
        },
      ],
      explained: [
        `A scheduler is a list of jobs and a loop that looks at them. This loop looked ${counted(looks, "time")} and found something to do for ${counted(runs.length, "run")}.`,
        `${counted(late.length, "run")} began late, by up to ${sayLength(latest)}: a job can start no earlier than the next look. Look more often, and you wake more often for nothing. runPending() is this loop's body; run() sleeps until the very moment instead, which is lesson 3.`,
      ],
      question: {
        asked: "A job falls due while the loop sleeps between two looks. What happens?",
        choices: [
          { text: "it starts at once", why: "a loop that sleeps sees nothing: nobody starts the job." },
          {
            text: "it starts at the next look",
            why: "the next look finds that its moment has passed and runs it, late by the rest of the sleep.",
            isRight: true,
          },
          {
            text: "that run is lost",
            why: "a look asks whether the moment has come, not whether it is this very second.",
          },
        ],
      },
    };
  },
});
