import { describe, expect, test } from "vitest";
import { createScheduler, type Scheduler } from "../../src/create.ts";
import { CancelJob, type Job } from "../../src/job.ts";
import { findSqlite } from "../../src/store/sqlite.ts";
import { at, fresh as freshAt, job, opening, sqlite } from "./scene.ts";
import { beat, lived, type Script, started } from "./script.ts";

const fresh = () => freshAt("2026-12-01T12:00:00Z");

/** A scheduler in memory or on a file, and what ran on it. */
const script = (kind: "memory" | "a file") => {
  const { path, clock } = fresh();
  const schedule = createScheduler({ clock, zone: "UTC", ...(kind === "a file" && { store: sqlite(path) }) });
  const warnings: string[] = [];
  schedule.listen("failed", () => {});
  schedule.listen("warning", ({ message }) => warnings.push(message));
  const ran: string[] = [];
  const note = ({ scheduled }: { scheduled: Date }) => {
    ran.push(scheduled.toISOString().slice(5, 16));
  };
  return { ...schedule, clock, warnings, ran, note };
};

const ways: readonly (readonly [string, (schedule: Scheduler, job: Job) => unknown])[] = [
  ["job.cancel()", (_, job) => job.cancel()],
  ["cancelJob(job)", ({ cancelJob }, job) => cancelJob(job)],
  ["clear()", ({ clear }) => clear()],
  ["clear(tag)", ({ clear }) => clear("disk")],
  [
    "stop(), cancel() and start()",
    async ({ stop, start }, job) => {
      await stop();
      job.cancel();
      start();
    },
  ],
];

describe.each(["memory", "a file"] as const)("in %s, a name registered again", (kind) => {
  test.each(ways)("after %s is a new job that starts from now", async (_, take) => {
    const { every, start, stop, clock, ran, note, warnings, ...schedule } = script(kind);
    const say = () => every().day.at("02:30").named("backup").tag("disk").do(note);
    const first = say();
    start();
    await take({ every, start, stop, ...schedule }, first);
    clock.setTo("2026-12-03T08:00:00Z");
    const second = say();
    await clock.advance("1 day");
    await stop();
    expect([ran, second.history().length, warnings]).toEqual([["12-04T02:30"], 1, []]);
  });

  test("after it returned CancelJob is a new job", async () => {
    const { every, start, stop, clock, ran, note } = script(kind);
    const say = () =>
      every(10)
        .minutes.named("beat")
        .do((context) => {
          note(context);
          return CancelJob;
        });
    say();
    start();
    await clock.advance("15 minutes");
    await clock.advance("2 hours");
    say();
    await clock.advance("15 minutes");
    await stop();
    expect(ran).toEqual(["12-01T12:10", "12-01T14:25"]);
  });

  test("after its own end is a new job, with all of its times", async () => {
    const { every, start, stop, clock, ran, note } = script(kind);
    const say = () => every(10).minutes.times(2).named("beat").do(note);
    say();
    start();
    await clock.advance("2 hours");
    say();
    await clock.advance("2 hours");
    await stop();
    expect(ran).toEqual(["12-01T12:10", "12-01T12:20", "12-01T14:10", "12-01T14:20"]);
  });

  test("after pause() and cancel() is not paused", async () => {
    const { every, start, stop, clock, ran, note } = script(kind);
    const say = () => every(10).minutes.named("beat").do(note);
    const first = say();
    start();
    first.pause();
    first.cancel();
    await clock.advance("1 hour");
    expect(say().isPaused).toBe(false);
    await clock.advance("10 minutes");
    await stop();
    expect(ran).toEqual(["12-01T13:10"]);
  });

  test("by its own cancelled run is a new job, and the run is recorded", async () => {
    const { every, start, stop, clock, ran, note } = script(kind);
    const say = (): Job =>
      every(10)
        .minutes.named("beat")
        .do(async (context) => {
          note(context);
          await clock.sleep("4 minutes");
          context.job.cancel();
          if (ran.length < 3) say();
        });
    const first = say();
    start();
    await clock.advance("1 hour");
    await stop();
    expect(ran).toEqual(["12-01T12:10", "12-01T12:24", "12-01T12:38"]);
    expect(first.history()[0]).toMatchObject({ outcome: "cancelled" });
  });

  test.each([false, true])("by a one-off inside its own run continues, asynchronous %s", async (isAsync) => {
    const { once, start, stop, clock, ran, note, jobs } = script(kind);
    const say = (): Job =>
      once("in 10 minutes")
        .named("chain")
        .do((context) => {
          note(context);
          if (!isAsync) return void say();
          return clock.sleep("1 minute").then(() => void say());
        });
    say();
    start();
    await clock.advance("34 minutes");
    expect(jobs()).toHaveLength(1);
    await stop();
    expect(ran).toEqual(
      isAsync ? ["12-01T12:10", "12-01T12:21", "12-01T12:32"] : ["12-01T12:10", "12-01T12:20", "12-01T12:30"],
    );
  });

  test("by a job that will run again is refused where jobs are found by their names", async () => {
    const { every, start, stop, clock } = script(kind);
    const say = (): Job =>
      every(10)
        .minutes.fixedDelay()
        .times(2)
        .named("beat")
        .do(async () => {
          await clock.sleep("1 minute");
          say();
        });
    const first = say();
    start();
    await clock.advance("11 minutes");
    await stop();
    const { outcome, error = "" } = first.history()[0]!;
    expect([outcome, /Two jobs are named "beat"/.test(error)]).toEqual(
      kind === "memory" ? ["succeeded", false] : ["failed", true],
    );
  });
});

test("a new process finds a cancelled job ended, says so, and starts it over when its schedule has changed", async () => {
  const { path, clock } = fresh();
  const first = started(path, clock, beat);
  await clock.advance("15 minutes");
  first.job.cancel();
  await first.stop();
  const second = await lived(path, clock, "1 hour", beat);
  expect([second.ran, second.jobs(), second.warnings]).toEqual([
    [],
    [],
    ["beat has ended and will not run. To start it over: reset beat"],
  ]);
  expect(second.job.history()).toMatchObject([{ outcome: "succeeded" }]);
  const slower: Script = ({ every, note }) => every(20).minutes.named("beat").do(note);
  const third = await lived(path, clock, "20 minutes", slower);
  expect(third.ran).toEqual(["beat 13:35"]);
  expect(third.warnings).toEqual([expect.stringMatching(/^beat: its schedule changed from/)]);
});

test("jobs that have ended are reported in one line", async () => {
  const { path, clock } = fresh();
  const script: Script = ({ once, every, note }) => {
    once("in 10 minutes").named("tea").do(note);
    every(10).minutes.times(2).named("twice").do(note);
    return every(10).minutes.for("35 minutes").named("half").do(note);
  };
  expect((await lived(path, clock, "1 hour", script)).ran).toHaveLength(6);
  const second = await lived(path, clock, "1 hour", script);
  expect(second.ran).toEqual([]);
  expect(second.warnings).toEqual([
    "3 jobs have ended and will not run: tea, twice, half. To start one of them over: reset <job>",
  ]);
});

test("a store knows when and why a job ended", async () => {
  const { path, clock } = fresh();
  const first = started(path, clock, (process) => {
    process.once("in 10 minutes").named("tea").do(process.note);
    return beat(process);
  });
  await clock.advance("15 minutes");
  first.job.cancel();
  const visitor = sqlite(path);
  visitor.open(opening(clock, { isReadOnly: true }));
  expect(visitor.orphanedJobs().map(({ name, end }) => [name, end])).toEqual([
    ["beat", { at: at("2026-12-01T12:15:00Z"), why: "cancelled" }],
    ["tea", { at: at("2026-12-01T12:10:00Z"), why: "ended" }],
  ]);
  visitor.close();
  await first.stop();
});

test("clear() ends nothing for other processes and for the next one; cancel() ends the job for all of them", async () => {
  const { path, clock } = fresh();
  const [one, two] = [
    started(path, clock, beat, { allowMultiple: true }),
    started(path, clock, beat, { allowMultiple: true }),
  ];
  await clock.advance("15 minutes");
  one.clear();
  await clock.advance("10 minutes");
  expect(two.ran.at(-1)).toBe("beat 12:20");
  await one.stop();
  const three = started(path, clock, beat, { allowMultiple: true });
  await clock.advance("3 minutes");
  three.job.cancel();
  await clock.advance("2 seconds");
  expect([two.jobs(), two.job.nextRun]).toEqual([[], null]);
  await clock.advance("1 hour");
  expect([one, two, three].flatMap(({ ran }) => ran)).toEqual(["beat 12:10", "beat 12:20"]);
  for (const process of [two, three]) await process.stop();
});

test("what is missed between clear() and a restart is caught up, as it was missed and not ended", async () => {
  const { path, clock } = fresh();
  const first = started(path, clock, beat);
  await clock.advance("15 minutes");
  first.clear();
  await first.stop();
  await clock.advance("20 minutes");
  expect((await lived(path, clock, "1 minute", beat)).ran).toEqual(["beat 12:30"]);
});

test("a pause outlives clear(), which ends nothing", async () => {
  const { path, clock } = fresh();
  const first = started(path, clock, beat);
  first.job.pause();
  first.clear();
  expect(beat(first).isPaused).toBe(true);
  await first.stop();
});

test("a job that was reset by another process starts over, also one that has ended", async () => {
  const { path, clock } = fresh();
  const visit = () => {
    const store = sqlite(path);
    store.open(opening(clock, { isReadOnly: true }));
    const anchor = clock.now();
    const jobRecord = store.register(job({ source: source!, anchor }));
    jobRecord.reset({ recurrence: job().recurrence, anchor, runCount: 0 });
    store.close();
  };
  const first = started(path, clock, beat);
  const db = findSqlite()(path);
  const source = db.prepare("SELECT source FROM jobs").get()?.source as string | undefined;
  db.close();
  await clock.advance("13 minutes");
  visit();
  await clock.advance("12 minutes");
  first.job.cancel();
  await first.stop();
  expect(first.ran).toEqual(["beat 12:10", "beat 12:23"]);
  visit();
  const second = await lived(path, clock, "11 minutes", beat);
  expect([second.ran, second.warnings]).toEqual([["beat 12:35"], []]);
});
