import { CancelJob, createScheduler, type Job, ScheduleError } from "onthedot";
import byDefault, * as schedule from "onthedot/schedule";
import { VirtualClock } from "onthedot/testing";
import { afterEach, describe, expect, test } from "vitest";

/** What Python's `schedule` 1.2.2 does; where we differ, the test says how. What its chains accept and when they run is in fluent/. Wednesday 4 March 2026, 10:15. */
const fresh = (start = "2026-03-04T10:15:00Z") => {
  const clock = new VirtualClock(start);
  return { clock, ...createScheduler({ clock, zone: "UTC" }) };
};
const iso = (date: Date | null | undefined) => date?.toISOString().replace(".000Z", "").replace("T", " ");
const nothing = () => {};
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof ScheduleError) return error.code;
    throw error;
  }
  return "accepted";
};
/** Says a thing the compiler refuses, as a person without a compiler would. */
// biome-ignore lint/suspicious/noExplicitAny: that is what is tested
const untyped = (value: unknown): any => value;

describe("the functions of the module", () => {
  afterEach(() => schedule.clear());

  test("every, do, get_jobs, clear, cancel_job work on one shared scheduler", () => {
    const job = schedule.every(10).minutes.do(nothing);
    schedule.every().hour.tag("rare").do(nothing);
    expect(schedule.get_jobs()).toHaveLength(2);
    expect(schedule.get_jobs("rare")).toHaveLength(1);
    expect(schedule.get_jobs()).not.toBe(schedule.get_jobs());
    schedule.cancel_job(job);
    schedule.cancel_job(job);
    expect(schedule.get_jobs()).toHaveLength(1);
    schedule.clear("rare");
    expect(schedule.get_jobs()).toEqual([]);
    expect(schedule.default_scheduler.jobs()).toEqual([]);
  });

  test("next_run and idle_seconds return the earliest run, or null without jobs", () => {
    expect(schedule.next_run()).toBeNull();
    expect(schedule.idle_seconds()).toBeNull();
    const job = schedule.every(10).minutes.do(nothing);
    expect(schedule.next_run()).toEqual(job.nextRun);
    expect(schedule.idle_seconds()).toBeGreaterThan(598);
    expect(schedule.idle_seconds()).toBeLessThanOrEqual(600);
  });

  test("run_all runs every job, due or not, in the order of registration", async () => {
    const seen: string[] = [];
    schedule.every().day.do(() => seen.push("a"));
    schedule.every().week.do(async () => seen.push("b"));
    await schedule.run_all();
    expect(seen).toEqual(["a", "b"]);
  });

  test("repeat registers a function and returns it; several make several jobs", () => {
    const greet = () => "hello";
    expect(schedule.repeat(schedule.every(10).minutes)(greet)).toBe(greet);
    schedule.repeat(schedule.every().day.at("10:30"))(greet);
    expect(schedule.get_jobs()).toHaveLength(2);
  });

  test("a separate scheduler shares nothing", async () => {
    const own = new schedule.Scheduler();
    const seen: string[] = [];
    own.every().second.do(() => seen.push("own"));
    expect(schedule.get_jobs()).toEqual([]);
    expect(own.jobs).toHaveLength(1);
    expect(own.get_jobs()).toHaveLength(1);
    expect(own.next_run).toEqual(own.get_next_run());
    expect(own.idle_seconds).toBeLessThanOrEqual(1);
    await own.run_all();
    expect(seen).toEqual(["own"]);
    own.cancel_job(own.jobs[0] as Job);
    own.clear();
    expect(own.jobs).toEqual([]);
    expect(own.next_run).toBeNull();
  });

  test("the tutorial's program runs and prints the same", async () => {
    const printed: string[] = [];
    const job = () => printed.push("I'm working...");
    schedule.every(1).second.do(job);
    for (let i = 0; i < 12; i++) {
      await schedule.run_pending();
      await schedule.sleep(0.2);
    }
    expect(printed.length).toBeGreaterThanOrEqual(1);
    expect(new Set(printed)).toEqual(new Set(["I'm working..."]));
  });
});

describe("the members of a job", () => {
  test("one unit is singular, several are plural", () => {
    const { every } = fresh();
    for (const unit of ["second", "minute", "hour", "day", "week", "monday", "sunday"]) {
      expect(codeOf(() => untyped(every(2))[unit].do(nothing))).not.toBe("accepted");
      expect(codeOf(() => untyped(every())[unit].do(nothing))).toBe("accepted");
    }
    for (const unit of ["seconds", "minutes", "hours", "days", "weeks"]) {
      expect(codeOf(() => untyped(every(1))[unit].do(nothing))).toBe("accepted");
    }
  });

  test("tags are a set, and nextRun and lastRun are known", async () => {
    const { every, clock, runPending } = fresh();
    const job = every().minute.tag("a", "b", "a").do(nothing);
    expect([...job.tags]).toEqual(["a", "b"]);
    expect(iso(job.nextRun)).toBe("2026-03-04 10:16:00");
    expect(job.lastRun).toBeNull();
    await clock.advance("1 minute");
    await runPending();
    expect(iso(job.lastRun)).toBe("2026-03-04 10:16:00");
    expect(iso(job.nextRun)).toBe("2026-03-04 10:17:00");
  });

  test("do rejects a chain without a unit, and anything but a function", () => {
    const { every } = fresh();
    expect(codeOf(() => untyped(every(5)).do(nothing))).toBe("unit");
    expect(codeOf(() => untyped(every().second).do(undefined))).toBe("not-a-function");
    expect(codeOf(() => untyped(every().second).do("job"))).toBe("not-a-function");
  });

  test("different: do twice on one chain makes two jobs, and a chain never changes", () => {
    const { every, jobs } = fresh();
    const chain = every(5).minutes;
    chain.do(nothing);
    chain.tag("later").do(nothing);
    expect(jobs()).toHaveLength(2);
    expect(jobs("later")).toHaveLength(1);
  });
});

describe("how the next run is computed", () => {
  test("fractions of a second are dropped with at, and kept without", () => {
    const { every } = fresh("2026-03-04T10:15:00.250Z");
    expect(every().day.at("10:30").next()[0]?.getUTCMilliseconds()).toBe(0);
    expect(every().day.next()[0]?.getUTCMilliseconds()).toBe(250);
  });

  test("different: late polls do not shift the schedule, and missed runs are caught up once", async () => {
    const { every, clock, runPending } = fresh();
    let runs = 0;
    const job = every(10).minutes.do(() => runs++);
    await clock.advance("35 minutes");
    await runPending();
    expect(runs).toBe(1);
    expect(iso(job.nextRun)).toBe("2026-03-04 10:55:00");
  });

  test("different: there are months, years and every second Monday", () => {
    const { every } = fresh();
    expect(every(2).months.next(2).map(iso)).toEqual(["2026-05-04 10:15:00", "2026-07-04 10:15:00"]);
    expect(every().year.next(1).map(iso)).toEqual(["2027-03-04 10:15:00"]);
    expect(every(2).weeks.on("monday").at("09:00").next(2).map(iso)).toEqual([
      "2026-03-09 09:00:00",
      "2026-03-23 09:00:00",
    ]);
  });
});

describe("until", () => {
  test("is inclusive: a run exactly then happens, then the job is gone", async () => {
    const { every, clock, start, jobs } = fresh();
    const seen: (string | undefined)[] = [];
    every(10)
      .minutes.until("2026-03-04 10:35")
      .do(() => seen.push(iso(new Date(clock.now()))));
    start();
    await clock.advance("1 hour");
    expect(seen).toEqual(["2026-03-04 10:25:00", "2026-03-04 10:35:00"]);
    expect(jobs()).toEqual([]);
  });

  test.each([["2026-03-04 10:00"], ["2025-12-31"], [new Date(0)]])(
    "different: an end in the past ends the job and stops no script: %s",
    (end) => {
      expect(fresh().every().minute.until(end).do(nothing).next()).toEqual([]);
    },
  );

  test("an end before the first run is accepted", () => {
    expect(fresh().every().hour.until("2026-03-04 10:30").do(nothing).next()).toEqual([]);
  });
});

describe("run_all", () => {
  test("run_all waits between jobs, honours CancelJob, and different: leaves the schedules alone", async () => {
    const { every, clock, runAll, jobs } = fresh();
    const seen: (string | undefined)[] = [];
    const daily = every()
      .day.at("10:30")
      .do(() => seen.push(iso(new Date(clock.now()))));
    every().week.do(() => {
      seen.push(iso(new Date(clock.now())));
      return CancelJob;
    });
    const before = daily.nextRun;
    const all = runAll({ delay: "5 seconds" });
    await clock.advance("20 seconds");
    await all;
    expect(seen).toEqual(["2026-03-04 10:15:00", "2026-03-04 10:15:05"]);
    expect(jobs()).toEqual([daily]);
    expect(daily.nextRun).toEqual(before);
  });
});

test("everything is in the default export, too", () => {
  const { default: _, ...named } = schedule;
  expect(byDefault).toEqual(named);
});
