import type { Job } from "../job.ts";
import { clockAt, counted, sayDate } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { day, hour } from "../time/plain-time.ts";
import { utc, wallAt, zoneNamed } from "../time/zone.ts";
import { lesson } from "./lesson.ts";
import type { Picture } from "./picture.ts";

/** Elapsed time beside wall time. */
export const interval = lesson({
  name: "interval",
  title: "Interval and calendar",
  about: "every 24 hours is not every day",
  load: () => import("./scripts/interval.ts"),
  tell({ jobs, zone }) {
    const [elapsed, wall] = jobs.map((job) => ({
      catchUpStagger: lengths(job),
      times: [
        ...new Set(job.history().map(({ scheduled }) => clockAt(instantOf(scheduled), zoneNamed(zone)))),
      ],
    }));
    return {
      pictures: jobs.map((job) => byDay(job, zone)),
      explained: [
        `In the night to Sunday the clocks of Berlin were set forward. The interval kept its ${listed(elapsed!.catchUpStagger)} hours, so the wall clock showed ${elapsed!.times.join(" and then ")}. The calendar rule kept ${wall!.times.join(" and then ")}, so its runs lie ${listed(wall!.catchUpStagger)} hours apart.`,
        `Neither is wrong: they are two kinds of time. Seconds, minutes and hours are elapsed time; days, weeks, months and years, and whatever has an .at(), are wall time. Cron is no third kind: it is another way to write a calendar rule.`,
      ],
      question: {
        asked: "People are to be reminded at nine each morning. What do you write?",
        choices: [
          {
            text: "every(24).hours",
            why: "it keeps the hours between two runs, so a clock change moves it to another time of day.",
          },
          {
            text: 'every().day.at("09:00")',
            why: "it names the time on the wall clock, and people go by that clock.",
            isRight: true,
          },
          {
            text: "every(24 * 60).minutes",
            why: "minutes are elapsed time as hours are, so this is the first one in other words.",
          },
        ],
      },
    };
  },
});

const instantOf = (date: Date): Instant => date.getTime() as Instant;

/** The lengths between the runs of a job, in hours, each once. */
const lengths = (job: Job): readonly number[] => {
  const moments = job.history().map(({ scheduled }) => scheduled.getTime());
  return [...new Set(moments.slice(1).map((at, i) => (at - moments[i]!) / hour))].sort((a, b) => a - b);
};

const listed = (numbers: readonly number[]): string => numbers.join(" or ");

/** A lane for each day, under the wall clock of its morning. */
const byDay = (job: Job, zoneName: string): Picture => {
  const zone = zoneNamed(zoneName);
  return {
    title: `${job.name}, ${counted(job.history().length, "day")} below each other`,
    from: new Date(6 * hour),
    to: new Date(11 * hour),
    zone: utc,
    lanes: Object.fromEntries(
      job.history().map(({ scheduled }) => {
        const at = instantOf(scheduled);
        return [sayDate(at, at, zone), [{ at: new Date(wallAt(zone, at) % day) }]];
      }),
    ),
  };
};
