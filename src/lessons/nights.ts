import type { Job } from "../job.ts";
import { counted } from "../terminal/text.ts";
import { zoneNamed } from "../time/zone.ts";
import { lesson } from "./lesson.ts";
import { strokesOf } from "./picture.ts";

/** The nights in which clocks are changed. */
export const nights = lesson({
  name: "nights",
  title: "The two strange nights",
  about: "a time that does not exist, and one that comes twice",
  load: () => import("./scripts/nights.ts"),
  tell({ spring, autumn, wall, zone }) {
    const times = (job: Job) =>
      job
        .history()
        .map(({ scheduled }) => wall.format(scheduled))
        .join(", ");
    const runs = (job: Job) => counted(job.history().length, "run");
    const picture = (title: string, from: string, { named, starred }: typeof spring) => ({
      title,
      from: new Date(`${from}T23:00:00Z`),
      to: new Date(Date.parse(`${from}T23:00:00Z`) + 4 * 60 * 60 * 1000),
      zone: zoneNamed(zone),
      lanes: { [named.name]: strokesOf(named.history()), [starred.name]: strokesOf(starred.history()) },
    });
    return {
      pictures: [
        picture("spring, with the clock of Berlin below", "2027-03-27", spring),
        picture("autumn", "2027-10-30", autumn),
      ],
      explained: [
        `In spring an hour of the wall clock is left out, a gap: 02:30 does not exist, and the job that wants it runs at ${times(spring.named)}. In autumn an hour comes twice, a fold: 02:30 is there two times, and the job runs at ${times(autumn.named)}, the first time only. That makes ${runs(spring.named)} in each night, and the day after it is 02:30 again.`,
        `A star in cron's hour or minute means "whenever it is so", and follows the time that passes: ${runs(spring.starred)} between two and three in spring, ${runs(autumn.starred)} in autumn. npx onthedot explain "every day at 02:30" tells the two nights of any schedule.`,
      ],
      question: {
        asked: "A payment must go out exactly once each night. What do you write?",
        choices: [
          {
            text: 'every().day.at("02:30")',
            why: "a time that is named runs once in either night, moved out of the gap and never doubled.",
            isRight: true,
          },
          {
            text: 'cron("30 * * * *"), and look whether it is past two',
            why: "in the fold the clock shows half past two in two different hours, so it would be paid twice.",
          },
          {
            text: "every(24).hours",
            why: "it keeps the hours between two runs, and so moves to another time of day with each clock change.",
          },
        ],
      },
    };
  },
});
