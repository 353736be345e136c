import type { Job } from "../job.ts";
import { clockAt, sayDate, sayLength } from "../terminal/text.ts";
import { type LessonTexts, lessonsInEnglish } from "../text/lessons.en.ts";
import { lessonsInChinese } from "../text/lessons.zh.ts";
import { currentLanguage } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { day, hour, second } from "../time/plain-time.ts";
import { utc, wallAt, zoneNamed } from "../time/zone.ts";
import type { Lesson, LessonRun, Question } from "./lesson.ts";
import { printed } from "./lesson.ts";
import { type Picture, strokesOf } from "./picture.ts";

type Name = keyof LessonTexts;
type Numbers<N extends Name> = Parameters<LessonTexts[N]["content"]>[0];

/** What is counted and drawn when a script has run. */
interface Findings<N extends Name> {
  readonly pictures: readonly Picture[];
  readonly numbers: Numbers<N>;
}

const texts = (): LessonTexts => (currentLanguage() === "zh" ? lessonsInChinese : lessonsInEnglish);

/**
 * Makes a lesson of a script, which is imported at its first run, and of what its run has shown.
 *
 * @param right the place of the right answer
 */
const lesson = <N extends Name, T>(
  name: N,
  right: number,
  load: () => Promise<T>,
  find: (script: T) => Findings<N>,
): Lesson => {
  let ran: Promise<LessonRun> | undefined;
  return {
    name,
    get title() {
      return texts()[name].title;
    },
    get about() {
      return texts()[name].about;
    },
    run() {
      ran ??= printed(load).then(({ result, lines }) => {
        const { pictures, numbers } = find(result);
        // One text of several is picked, and one set of numbers belongs to it.
        const content = (
          texts()[name] as { content(numbers: Numbers<N>): ReturnType<LessonTexts[Name]["content"]> }
        ).content(numbers);
        const question: Question = {
          asked: content.asked,
          choices: content.choices.map(([text, why], i) => ({ text, why, isRight: i === right })),
        };
        return { pictures, explained: content.explained, question, printed: lines };
      });
      return ran;
    },
  };
};

const lanesOf = (jobs: readonly Job[]): Picture["lanes"] =>
  Object.fromEntries(jobs.map((job) => [job.name, strokesOf(job.history())]));

const morning = (to: string): Pick<Picture, "from" | "to" | "zone"> => ({
  from: new Date("2026-11-23T09:00:00Z"),
  to: new Date(`2026-11-23T${to}Z`),
  zone: utc,
});

const loop = lesson(
  "loop",
  1,
  () => import("./scripts/loop.ts"),
  ({ jobs, looks }) => {
    const runs = jobs.flatMap((job) => job.history());
    const lateness = runs.map(({ scheduled, started }) => started!.getTime() - scheduled.getTime());
    return {
      pictures: [{ ...morning("11:00:00"), lanes: lanesOf(jobs) }],
      numbers: {
        looks,
        runs: runs.length,
        late: lateness.filter((length) => length > 0).length,
        latest: sayLength(Math.max(...lateness)),
      },
    };
  },
);

const drift = lesson(
  "drift",
  1,
  () => import("./scripts/drift.ts"),
  ({ looped, job, late }) => {
    const history = job.history();
    const [loopRuns, beatRuns] = [looped.length, history.length];
    const [first] = history;
    return {
      pictures: [
        {
          ...morning("09:02:00"),
          lanes: {
            [texts().drift.lane]: looped.map((at) => ({ at })),
            [job.name]: strokesOf(history).map(({ at }) => ({ at })),
          },
        },
      ],
      numbers: {
        loopRuns,
        loopBehind: String(late(looped.at(-1), loopRuns)),
        work: (first!.ended!.getTime() - first!.started!.getTime()) / second,
        beatRuns,
        beatBehind: String(late(history.at(-1)!.started, beatRuns)),
      },
    };
  },
);

const heap = lesson(
  "heap",
  1,
  () => import("./scripts/heap.ts"),
  ({ timers, polling, heap }) => ({
    pictures: [
      {
        from: new Date(0),
        to: new Date(day - second),
        zone: utc,
        lanes: Object.fromEntries(
          [...timers]
            .sort((a, b) => a.every - b.every)
            .map(({ every, runs }) => [
              texts().heap.lane(every / 3600),
              runs.map((at) => ({ at: new Date(at * second) })),
            ]),
        ),
      },
    ],
    numbers: {
      runs: heap.runs,
      timers: timers.length,
      polling,
      heap,
      asksPerRun: (heap.asked / heap.runs).toFixed(1),
    },
  }),
);

const interval = lesson(
  "interval",
  1,
  () => import("./scripts/interval.ts"),
  ({ jobs, zone }) => {
    const [elapsed, wall] = jobs.map((job) => ({
      hours: hoursBetween(job),
      times: [
        ...new Set(job.history().map(({ scheduled }) => clockAt(instantOf(scheduled), zoneNamed(zone)))),
      ],
    }));
    return { pictures: jobs.map((job) => byDay(job, zone)), numbers: { elapsed: elapsed!, wall: wall! } };
  },
);

const instantOf = (date: Date): Instant => date.getTime() as Instant;

/** The hours between the runs of a job, each number once. */
const hoursBetween = (job: Job): readonly number[] => {
  const moments = job.history().map(({ scheduled }) => scheduled.getTime());
  return [...new Set(moments.slice(1).map((at, i) => (at - moments[i]!) / hour))].sort((a, b) => a - b);
};

/** A lane for each day, under the wall clock of its morning. */
const byDay = (job: Job, zoneName: string): Picture => {
  const zone = zoneNamed(zoneName);
  return {
    title: texts().interval.picture(job.name, job.history().length),
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

const nights = lesson(
  "nights",
  0,
  () => import("./scripts/nights.ts"),
  ({ spring, autumn, wall, zone }) => {
    const numbers = ({ named, starred }: typeof spring) => ({
      times: named
        .history()
        .map(({ scheduled }) => wall.format(scheduled))
        .join(", "),
      named: named.history().length,
      starred: starred.history().length,
    });
    const picture = (title: string, date: string, { named, starred }: typeof spring): Picture => {
      const from = new Date(`${date}T23:00:00Z`);
      return {
        title,
        from,
        to: new Date(from.getTime() + 4 * hour),
        zone: zoneNamed(zone),
        lanes: lanesOf([named, starred]),
      };
    };
    return {
      pictures: [
        picture(texts().nights.spring, "2027-03-27", spring),
        picture(texts().nights.autumn, "2027-10-30", autumn),
      ],
      numbers: { spring: numbers(spring), autumn: numbers(autumn) },
    };
  },
);

const overlap = lesson(
  "overlap",
  2,
  () => import("./scripts/overlap.ts"),
  ({ jobs }) => {
    const started = (job: Job) => job.history().filter((run) => run.started);
    const [skip, queue, allow] = jobs;
    const waits = queue!
      .history()
      .map(({ scheduled, started = scheduled }) => started.getTime() - scheduled.getTime());
    const runsAt = (moment: Date) =>
      started(allow!).filter((run) => run.started! <= moment && run.ended! > moment).length;
    return {
      pictures: [{ ...morning("09:02:00"), lanes: lanesOf(jobs) }],
      numbers: {
        due: skip!.history().length,
        skip: started(skip!).length,
        queue: started(queue!).length,
        waited: Math.max(...waits) / second,
        allow: started(allow!).length,
        atOnce: Math.max(...started(allow!).map((run) => runsAt(run.started!))),
      },
    };
  },
);

const sleep = lesson(
  "sleep",
  0,
  () => import("./scripts/sleep.ts"),
  ({ jobs, noticed, opened, closed }) => {
    const missed = (job: Job) => job.history().filter(({ scheduled }) => scheduled < noticed);
    const [once, skip, all] = jobs.map((job) => missed(job).filter(({ started }) => started).length);
    return {
      pictures: [
        {
          from: closed,
          to: new Date("2026-11-24T10:00:00Z"),
          zone: utc,
          lanes: lanesOf(jobs),
          asleep: { from: closed, to: opened },
        },
      ],
      numbers: {
        slept: sayLength(opened.getTime() - closed.getTime()),
        missed: missed(jobs[0]!).reduce((sum, run) => sum + (run.count ?? 1), 0),
        noticedAfter: sayLength(noticed.getTime() - opened.getTime()),
        once: once!,
        skip: skip!,
        all: all!,
      },
    };
  },
);

const retry = lesson(
  "retry",
  1,
  () => import("./scripts/retry.ts"),
  ({ jobs, attempts }) => {
    const [flaky, hanging] = jobs;
    const [run] = flaky!.history();
    const [cut] = hanging!.history();
    const work = run!.ended!.getTime() - attempts.at(-1)!.getTime();
    return {
      pictures: [
        {
          ...morning("09:03:00"),
          lanes: {
            [texts().retry.attemptsLane]: attempts.map((at, i) => ({
              at,
              kind: i < attempts.length - 1 ? ("failed" as const) : ("run" as const),
            })),
            hanging: strokesOf(hanging!.history()),
          },
        },
      ],
      numbers: {
        attempts: run!.attempts,
        pauses: attempts.slice(1).map((at, i) => (at.getTime() - attempts[i]!.getTime() - work) / second),
        took: sayLength(run!.ended!.getTime() - run!.started!.getTime()),
        outcome: run!.outcome,
        cut: sayLength(cut!.ended!.getTime() - cut!.started!.getTime()),
        cutOutcome: cut!.outcome,
        runs: flaky!.history().length,
      },
    };
  },
);

/** The course in its order: lesson 1 comes first. */
export const course: readonly Lesson[] = [loop, drift, heap, interval, nights, overlap, sleep, retry];
