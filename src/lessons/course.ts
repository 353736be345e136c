import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "node:util";
import type { Job } from "../job.ts";
import { packageFolder } from "../require-package.ts";
import { clockAt, sayDate, sayLength } from "../terminal/text.ts";
import { type LessonTexts, lessonsInEnglish } from "../text/lessons.en.ts";
import { lessonsInChinese } from "../text/lessons.zh.ts";
import { currentLanguage } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { day, hour, second } from "../time/plain-time.ts";
import { utc, wallAt, type Zone, zoneNamed } from "../time/zone.ts";
import { type Picture, strokesOf } from "./picture.ts";

export interface Choice {
  readonly text: string;
  readonly why: string;
  readonly isRight: boolean;
}

export interface Question {
  readonly asked: string;
  /** Exactly one of them is right. */
  readonly choices: readonly Choice[];
}

/** A script that is shown, run and explained. */
export interface Lesson {
  /** The name of its script in `scripts/`. */
  readonly name: string;
  words(): { readonly title: string; readonly about: string };
  /** Runs the script, once per process. */
  run(): Promise<LessonRun>;
}

export interface LessonRun {
  readonly pictures: readonly Picture[];
  /** A paragraph each. */
  readonly explained: readonly string[];
  readonly question: Question;
  /** What the script has printed. */
  readonly printed: readonly string[];
}

/** Runs a function, and collects what it prints with `console.log`. */
const printed = async <T>(
  act: () => Promise<T>,
): Promise<{ readonly result: T; readonly lines: readonly string[] }> => {
  const { log } = console;
  const lines: string[] = [];
  console.log = (...words: unknown[]) => void lines.push(...format(...words).split("\n"));
  try {
    return { result: await act(), lines };
  } finally {
    console.log = log;
  }
};

export const scriptPath = (name: string): string => `src/lessons/scripts/${name}.ts`;

/** The source of a lesson's script: the very file that runs, or from which it was built. */
export const sourceOfLesson = (name: string): string =>
  readFileSync(join(packageFolder("onthedot", import.meta.url)!, scriptPath(name)), "utf8");

const texts = (): LessonTexts => ({ en: lessonsInEnglish, zh: lessonsInChinese })[currentLanguage()];

/**
 * Makes a lesson of a script, which is imported at its first run.
 *
 * @param right the place of the right answer
 * @param find what is drawn and explained when the script has run
 */
const lesson = <T>(
  name: keyof LessonTexts,
  right: number,
  load: () => Promise<T>,
  find: (script: T) => ReturnType<LessonTexts["loop"]["content"]> & Pick<LessonRun, "pictures">,
): Lesson => {
  let ran: Promise<LessonRun> | undefined;
  return {
    name,
    words: () => texts()[name],
    run() {
      ran ??= printed(load).then(({ result, lines }) => {
        const { pictures, explained, asked, choices: given } = find(result);
        const choices = given.map(([text, why], i) => ({ text, why, isRight: i === right }));
        return { pictures, explained, question: { asked, choices }, printed: lines };
      });
      return ran;
    },
  };
};

const between = (from: Date | undefined, to: Date | undefined): string =>
  sayLength(to!.getTime() - from!.getTime());

const lanesOf = (jobs: readonly Job[]): Picture["lanes"] =>
  Object.fromEntries(jobs.map((job) => [job.name, strokesOf(job.history())]));

const morning = (to: string): Pick<Picture, "from" | "to" | "zone"> => ({
  from: new Date("2026-11-23T09:00:00Z"),
  to: new Date(`2026-11-23T${to}Z`),
  zone: utc,
});

const instantOf = (date: Date): Instant => date.getTime() as Instant;

/** The hours between the runs of a job, each number once, and the times of day. */
const rhythmOf = (job: Job, zone: Zone) => {
  const moments = job.history().map(({ scheduled }) => instantOf(scheduled));
  const hours = moments.slice(1).map((at, i) => (at - moments[i]!) / hour);
  return {
    hours: [...new Set(hours)].sort((a, b) => a - b),
    times: [...new Set(moments.map((at) => clockAt(at, zone)))],
  };
};

/** A lane for each day, under the wall clock of its morning. */
const byDay = (job: Job, zone: Zone): Picture => ({
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
});

/** The course in its order: lesson 1 comes first. */
export const course: readonly Lesson[] = [
  lesson(
    "loop",
    1,
    () => import("./scripts/loop.ts"),
    ({ jobs, looks }) => {
      const runs = jobs.flatMap((job) => job.history());
      const lateness = runs.map(({ scheduled, started }) => started!.getTime() - scheduled.getTime());
      return {
        pictures: [{ ...morning("11:00:00"), lanes: lanesOf(jobs) }],
        ...texts().loop.content({
          looks,
          runs: runs.length,
          late: lateness.filter((length) => length > 0).length,
          latest: sayLength(Math.max(...lateness)),
        }),
      };
    },
  ),
  lesson(
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
        ...texts().drift.content({
          loopRuns,
          loopBehind: late(looped.at(-1), loopRuns),
          work: (first!.ended!.getTime() - first!.started!.getTime()) / second,
          beatRuns,
          beatBehind: late(history.at(-1)!.started, beatRuns),
        }),
      };
    },
  ),
  lesson(
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
      ...texts().heap.content({
        runs: heap.runs,
        timers: timers.length,
        polling,
        heap,
        asksPerRun: (heap.asked / heap.runs).toFixed(1),
      }),
    }),
  ),
  lesson(
    "interval",
    1,
    () => import("./scripts/interval.ts"),
    ({ jobs, zone: name }) => {
      const zone = zoneNamed(name);
      const [elapsed, wall] = jobs.map((job) => rhythmOf(job, zone));
      return {
        pictures: jobs.map((job) => byDay(job, zone)),
        ...texts().interval.content({ elapsed: elapsed!, wall: wall! }),
      };
    },
  ),
  lesson(
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
        ...texts().nights.content({ spring: numbers(spring), autumn: numbers(autumn) }),
      };
    },
  ),
  lesson(
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
        ...texts().overlap.content({
          due: skip!.history().length,
          skip: started(skip!).length,
          queue: started(queue!).length,
          waited: Math.max(...waits) / second,
          allow: started(allow!).length,
          atOnce: Math.max(...started(allow!).map((run) => runsAt(run.started!))),
        }),
      };
    },
  ),
  lesson(
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
        ...texts().sleep.content({
          slept: between(closed, opened),
          missed: missed(jobs[0]!).reduce((sum, run) => sum + (run.count ?? 1), 0),
          noticedAfter: between(opened, noticed),
          once: once!,
          skip: skip!,
          all: all!,
        }),
      };
    },
  ),
  lesson(
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
        ...texts().retry.content({
          attempts: run!.attempts,
          pauses: attempts.slice(1).map((at, i) => (at.getTime() - attempts[i]!.getTime() - work) / second),
          took: between(run!.started, run!.ended),
          outcome: run!.outcome,
          cut: between(cut!.started, cut!.ended),
          cutOutcome: cut!.outcome,
          runs: flaky!.history().length,
        }),
      };
    },
  ),
];
