import { CancelJob, createScheduler, type Job, type RunContext } from "onthedot";
import { sqlite } from "onthedot/sqlite";
import { VirtualClock } from "onthedot/testing";
import { expect, test } from "vitest";
import { nothing, sleeping, storeFile } from "./stores.ts";

const fresh = (start = "2026-01-01T00:00:00Z") => {
  const clock = new VirtualClock(start);
  const schedule = createScheduler({ clock, zone: "UTC" });
  // Failures that have a listener are not printed.
  schedule.listen("failed", () => {});
  return { clock, at: () => new Date(clock.now()).toISOString().slice(14, 19), ...schedule };
};

type Fresh = ReturnType<typeof fresh>;

/** The decisions on a job's occurrences, each by its planned minute and second. */
const decisions = (job: Job): readonly string[] =>
  job
    .history()
    .map(
      ({ scheduled, outcome, count }) =>
        `${scheduled.toISOString().slice(14, 19)} ${outcome}${count === undefined ? "" : ` ${count}`}`,
    );

const never = (): Promise<never> => new Promise(() => {});

test.each([
  ["skip", ["00:10 succeeded", "00:20 skipped", "00:30 skipped", "00:40 skipped"]],
  ["queue", ["00:10 succeeded", "00:20 succeeded", "00:30 skipped", "00:40 skipped"]],
  ["queueAll", ["00:10 succeeded", "00:20 succeeded"]],
  ["cancel", ["00:10 cancelled", "00:20 skipped", "00:30 skipped", "00:40 cancelled"]],
  ["allow", ["00:10 succeeded", "00:20 succeeded", "00:30 succeeded", "00:40 succeeded"]],
] as const)(
  "a task of 35 seconds, every 10 seconds, under overlap %j that ignores its signal",
  async (overlap, expected) => {
    const { clock, every, start } = fresh();
    let running = 0;
    let most = 0;
    const job = every(10)
      .seconds.overlap(overlap)
      .times(4)
      .do(async () => {
        most = Math.max(most, ++running);
        await clock.sleep("35 seconds");
        running--;
      });
    start();
    await clock.advance("83 seconds");
    expect(decisions(job).slice(0, expected.length)).toEqual(expected);
    expect(most).toBe(overlap === "allow" ? 4 : 1);
  },
);

test("under overlap cancel the new run starts when the old one has ended, not before", async () => {
  const { clock, at, every, start } = fresh();
  const seen: string[] = [];
  every(10)
    .seconds.overlap("cancel")
    .times(3)
    .do(async ({ signal, scheduled }: RunContext) => {
      const name = scheduled.toISOString().slice(14, 19);
      seen.push(`${name} begins at ${at()}`);
      signal.addEventListener("abort", () => seen.push(`${name} is asked to end at ${at()}`));
      await clock.sleep("13 seconds");
    });
  start();
  await clock.advance("2 minutes");
  expect(seen).toEqual([
    "00:10 begins at 00:10",
    "00:10 is asked to end at 00:20",
    "00:20 begins at 00:23",
    "00:20 is asked to end at 00:30",
    "00:30 begins at 00:36",
  ]);
});

test("catch-up of all runs asynchronous tasks one after the other, oldest first, of several jobs", async () => {
  const { clock, every, start } = fresh();
  const seen: string[] = [];
  const jobs = ["a", "b"].map((name) =>
    every(10)
      .minutes.named(name)
      .catchUp("all", { maxLateness: "1 hour" })
      .do(async ({ scheduled }: RunContext) => {
        seen.push(`${name} ${scheduled.toISOString().slice(14, 16)}`);
        await clock.sleep("2 seconds");
      }),
  );
  start();
  await clock.advance("1 minute");
  clock.setTo("2026-01-01T00:35:00Z");
  await clock.advance("1 minute");
  expect(seen.filter((one) => one.startsWith("a"))).toEqual(["a 10", "a 20", "a 30"]);
  expect(seen.filter((one) => one.startsWith("b"))).toEqual(["b 10", "b 20", "b 30"]);
  for (const job of jobs)
    expect(decisions(job)).toEqual(["10:00 succeeded", "20:00 succeeded", "30:00 succeeded"]);
});

const fails = (): void => {
  throw new Error("no");
};

test.each([
  ["cancel() while it waits", fails, ({ job }) => job.cancel()],
  ["stop() while it waits", fails, ({ stop }) => void stop()],
  [
    "cancel() while its task runs",
    (clock) => clock.sleep("10 seconds").then(fails),
    ({ job }) => job.cancel(),
  ],
  ["a listener of `retrying`", never, undefined],
] satisfies [
  string,
  (clock: VirtualClock) => unknown,
  ((scene: Fresh & { job: Job }) => void) | undefined,
][])(
  "a run that is called off by %s gets no further attempt, and counts the one it had",
  async (_, task, callOff) => {
    const scene = fresh();
    const { clock, every, start, listen } = scene;
    const job = every(10)
      .minutes.retry(5, { delay: "1 minute" })
      .timeout("20 seconds")
      .do(() => task(clock));
    if (!callOff) listen("retrying", () => job.cancel());
    start();
    await clock.advance("10 minutes 5 seconds");
    callOff?.({ ...scene, job });
    await clock.advance("1 hour");
    expect(decisions(job)).toEqual(["10:00 cancelled"]);
    expect(job.history()[0]).toMatchObject({ attempts: 1 });
  },
);

test.each([
  ["fails and pauses itself", () => fails(), ["00:10 failed", "00:20 skipped", "00:30 skipped"]],
  ["gives back CancelJob", () => CancelJob, ["00:10 succeeded", "00:20 cancelled", "00:30 cancelled"]],
] satisfies [string, () => unknown, string[]][])(
  "nothing of what waits starts after a job that %s",
  async (_, result, expected) => {
    const { clock, every, start } = fresh();
    const job = every(10)
      .seconds.overlap("queueAll")
      .pauseAfterFailures(1)
      .do(() => clock.sleep("25 seconds").then(result));
    start();
    await clock.advance("2 minutes");
    expect(decisions(job)).toEqual(expected);
  },
);

test.each([
  ["pause", ["00:00 skipped"]],
  ["cancel", ["00:00 cancelled"]],
] as const)("%s calls off starts that were put off", async (how, expected) => {
  const { clock, every, start } = fresh();
  const [first, second] = ["a", "b"].map((name) => every().day.at("03:00").named(name).do(nothing));
  start();
  clock.setTo("2026-01-01T08:00:00Z");
  await clock.advance("31 seconds");
  second![how]();
  await clock.advance("1 minute");
  second!.resume();
  await clock.advance("1 minute");
  expect([first, second].map((job) => decisions(job!))).toEqual([["00:00 succeeded"], expected]);
});

test("rescheduling in the middle of a run lets it end, and counts from now", async () => {
  const { clock, every, start } = fresh();
  const job = every(10).seconds.do(sleeping(clock, "25 seconds"));
  start();
  await clock.advance("12 seconds");
  job.reschedule(every(30).seconds);
  await clock.advance("1 minute 20 seconds");
  expect(decisions(job)).toEqual(["00:10 succeeded", "00:42 succeeded"]);
  expect(job.isRunning).toBe(true);
});

test.each([
  ["a job that counts from its beginning", ["00:00", "00:05", "00:10", "00:15"]],
  ["a spaced job", ["00:00", "00:05", "00:10", "00:15"]],
] as const)("the run at the start of %s is none of its times", async (what, expected) => {
  const { clock, at, every, start } = fresh();
  const seen: string[] = [];
  const warnings = what === "a spaced job" ? every(5).seconds.fixedDelay() : every(5).seconds;
  const job = warnings
    .immediately()
    .times(3)
    .do(() => seen.push(at()));
  start();
  await clock.advance("1 minute");
  expect(seen).toEqual(expected);
  expect(job.nextRun).toBeNull();
});

test("random lengths between runs of a spaced job differ, and are the same after a restart", async () => {
  const file = storeFile();
  const clock = new VirtualClock("2026-01-01T00:00:00Z");
  const session = async (length: string, store: boolean) => {
    const own = store ? clock : new VirtualClock("2026-01-01T00:00:00Z");
    const schedule = createScheduler({ clock: own, zone: "UTC", ...(store && { store: sqlite(file) }) });
    const seen: number[] = [];
    schedule
      .every(5)
      .to(20)
      .minutes.fixedDelay()
      .named("poll")
      .do(() => seen.push(own.now()));
    schedule.start();
    await own.advance(length as "1 hour");
    await schedule.stop();
    return seen;
  };
  const whole = await session("3 hours", false);
  const inParts = [...(await session("91 minutes", true)), ...(await session("89 minutes", true))];
  expect(inParts).toEqual(whole);
  const lengths = whole.slice(1).map((moment, i) => moment - whole[i]!);
  expect(new Set(lengths).size).toBeGreaterThan(3);
});

test("a sentence with a name foretells the random moments of its job", () => {
  const { every } = fresh();
  const warnings = every(5).to(10).minutes.named("poll");
  const foretold = warnings.next(5);
  expect(warnings.do(nothing).next(5)).toEqual(foretold);
  const others = every(5)
    .to(10)
    .minutes.do(function fetchNews() {});
  expect(others.next(5)).not.toEqual(foretold);
  expect(every(5).to(10).minutes.named("fetchNews").next(5)).toEqual(others.next(5));
});

test("a spaced job counts from the end of its last attempt", async () => {
  const { clock, at, every, start } = fresh();
  const seen: string[] = [];
  every(10)
    .seconds.fixedDelay()
    .retry(1, { delay: "5 seconds" })
    .do(async ({ attempt }: RunContext) => {
      seen.push(`${at()} ${attempt}`);
      await clock.sleep("2 seconds");
      if (attempt === 1) throw new Error("no");
    });
  start();
  await clock.advance("45 seconds");
  expect(seen).toEqual(["00:10 1", "00:17 2", "00:29 1", "00:36 2"]);
});

test("a spaced job that is paused and resumed in the middle of a run counts from the end of that run", async () => {
  const { clock, at, every, start } = fresh();
  const seen: string[] = [];
  const job = every(10)
    .seconds.fixedDelay()
    .do(async () => {
      seen.push(at());
      await clock.sleep("7 seconds");
    });
  start();
  await clock.advance("12 seconds");
  job.pause();
  await clock.advance("1 second");
  job.resume();
  await clock.advance("20 seconds");
  expect(seen).toEqual(["00:10", "00:27"]);
});

test("nothing starts after a task of the same pass has called stop(), and it starts with start()", async () => {
  const { clock, every, start, stop } = fresh();
  const seen: string[] = [];
  let stopped: Promise<void> | undefined;
  every(10)
    .seconds.times(1)
    .do(() => {
      seen.push("first");
      stopped = stop();
    });
  every(10)
    .seconds.times(1)
    .do(() => seen.push("second"));
  start();
  await clock.advance("15 seconds");
  await stopped;
  expect(seen).toEqual(["first"]);
  start();
  await clock.advance("1 second");
  expect(seen).toEqual(["first", "second"]);
});

test("what waits when the scheduler stops is called off, also where its run outlives the grace", async () => {
  const { clock, every, start, stop } = fresh();
  const job = every(10).seconds.overlap("queueAll").do(sleeping(clock, "2 minutes"));
  start();
  await clock.advance("31 seconds");
  const stopped = stop("5 seconds");
  await clock.advance("5 seconds");
  await stopped;
  await clock.advance("5 minutes");
  expect(decisions(job)).toEqual(["00:10 succeeded", "00:20 cancelled", "00:30 cancelled"]);
});

test("start() after stop() continues where it stopped: nothing runs twice, missed runs are caught up, intervals keep their spacing", async () => {
  const { clock, every, start, stop } = fresh();
  const seen: string[] = [];
  const job = every(10).seconds.do(({ scheduled }: RunContext) =>
    seen.push(scheduled.toISOString().slice(14, 19)),
  );
  start();
  await clock.advance("25 seconds");
  await stop();
  await clock.advance("3 seconds");
  start();
  await clock.advance("7 seconds");
  expect(seen).toEqual(["00:10", "00:20", "00:30"]);
  await stop();
  await clock.advance("18 seconds");
  start();
  await clock.advance("1 second");
  expect(seen).toEqual(["00:10", "00:20", "00:30", "00:50"]);
  expect(decisions(job)).toEqual([
    "00:10 succeeded",
    "00:20 succeeded",
    "00:30 succeeded",
    "00:40 coalesced 1",
    "00:50 succeeded",
  ]);
});

test("a job cannot be run by hand while the scheduler stops", async () => {
  const { clock, every, start, stop } = fresh();
  const slow = every(10).seconds.do(sleeping(clock, "25 seconds"));
  const other = every().hour.do(nothing);
  start();
  await clock.advance("11 seconds");
  const stopped = stop();
  await expect(other.run()).rejects.toMatchObject({ name: "AbortError" });
  await clock.advance("1 minute");
  await stopped;
  expect(slow.isRunning).toBe(false);
  await expect(other.run()).resolves.toBeUndefined();
});

test("stop() waits for a run whose job was cancelled before", async () => {
  const { clock, every, start, stop } = fresh();
  const seen: string[] = [];
  const job = every(10).seconds.do(async () => {
    await clock.sleep("25 seconds");
    seen.push("ended");
  });
  start();
  await clock.advance("11 seconds");
  job.cancel();
  const stopped = stop().then(() => seen.push("stopped"));
  await clock.advance("1 minute");
  await stopped;
  expect(seen).toEqual(["ended", "stopped"]);
});

test("a run by hand beside a scheduled one leaves the schedule and its overlap alone", async () => {
  const { clock, every, start } = fresh();
  const job = every(10).seconds.times(2).do(sleeping(clock, "5 seconds"));
  start();
  await clock.advance("8 seconds");
  const byHand = job.run();
  await clock.advance("22 seconds");
  await byHand;
  expect(decisions(job)).toEqual(["00:08 succeeded", "00:10 skipped", "00:20 succeeded"]);
});

test("occurrences skipped by a clock that was an hour ahead run after all, and those caught up do not run again", async () => {
  const { clock, cron, start } = fresh("2026-01-01T12:00:00Z");
  const seen: string[] = [];
  cron("*/10 * * * *").do(({ scheduled }: RunContext) => seen.push(scheduled.toISOString().slice(11, 16)));
  start();
  await clock.advance("11 minutes");
  clock.setTo("2026-01-01T13:01:00Z");
  await clock.advance("12 minutes");
  clock.setTo("2026-01-01T12:13:00Z");
  await clock.advance("68 minutes");
  expect(seen).toEqual([...["12:10", "13:00", "13:10"], ...["12:20", "12:30", "12:40", "12:50", "13:20"]]);
});

test("a clock that goes back again and again repeats no wall time, however often", async () => {
  const { clock, cron, start } = fresh("2026-01-01T12:00:00Z");
  const seen: string[] = [];
  cron("* * * * *").do(({ scheduled }: RunContext) => seen.push(scheduled.toISOString()));
  start();
  for (let i = 0; i < 20; i++) {
    await clock.advance("10 minutes");
    clock.setTo(clock.now() - 7 * 60_000);
  }
  await clock.advance("10 minutes");
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBe(20 * 3 + 10);
});

test("starts that were put off do not wait for a wrong future", async () => {
  const { clock, every, start } = fresh("2026-01-01T12:00:00Z");
  const seen: string[] = [];
  for (const name of ["a", "b", "c"])
    every()
      .day.at("12:30")
      .named(name)
      .do(() => seen.push(name));
  start();
  await clock.advance("1 minute");
  clock.setTo("2099-01-01T13:00:00Z");
  await clock.advance("31 seconds");
  expect(seen).toEqual(["a"]);
  clock.setTo("2026-01-01T12:02:00Z");
  await clock.advance("1 minute");
  expect(seen).toEqual(["a", "b", "c"]);
});

test("a polling loop keeps its intervals when the clock is set back", async () => {
  const { clock, every, runPending, listen } = fresh("2026-01-01T12:00:00Z");
  const events: string[] = [];
  let beats = 0;
  listen("clockJumped", ({ cause, by }) => events.push(`${cause} ${by}`));
  every(10).minutes.do(() => beats++);
  const poll = async (minutes: number) => {
    for (let i = 0; i < minutes; i++) {
      await clock.advance("1 minute");
      void runPending();
    }
  };
  await poll(25);
  clock.setTo("2026-01-01T11:25:00Z");
  await poll(25);
  expect(beats).toBe(5);
  expect(events).toEqual(["set-back -3600000"]);
});

test("a clock that is set back while a task computes is noticed", async () => {
  const { clock, every, start } = fresh("2026-01-01T12:00:00Z");
  let beats = 0;
  every(10).minutes.do(() => {
    if (++beats === 1) clock.setTo("2026-01-01T11:10:00Z");
  });
  start();
  await clock.advance("1 hour");
  expect(beats).toBe(6);
});
