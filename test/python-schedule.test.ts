import { CancelJob, createScheduler, type Job, ScheduleError } from "onthedot";
import byDefault, * as schedule from "onthedot/schedule";
import { VirtualClock } from "onthedot/testing";
import { afterEach, describe, expect, test } from "vitest";

/** What Python's `schedule` 1.2.2 does, row by row; where we differ, the test says how. Wednesday 4 March 2026, 10:15. */
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

describe("what at accepts", () => {
  const accepted: readonly (readonly [string, string, string])[] = [
    ["day", "10:30", "2026-03-04 10:30:00"],
    ["day", "10:30:50", "2026-03-04 10:30:50"],
    ["day", "10:15", "2026-03-05 10:15:00"],
    ["day", "00:00", "2026-03-05 00:00:00"],
    ["day", "23:59:59", "2026-03-04 23:59:59"],
    ["wednesday", "10:30", "2026-03-04 10:30:00"],
    ["hour", ":30", "2026-03-04 10:30:00"],
    ["hour", "20:30", "2026-03-04 10:20:30"],
    ["hour", ":15", "2026-03-04 11:15:00"],
    ["minute", ":15", "2026-03-04 10:15:15"],
    ["minute", ":00", "2026-03-04 10:16:00"],
  ];
  test.each(accepted)("every().%s.at(%j) first runs at %s", (unit, time, first) => {
    const job: Job = untyped(fresh().every())[unit].at(time).do(nothing);
    expect(iso(job.nextRun)).toBe(first);
  });

  const refused = {
    day: "9:60 24:00 25:00 10:60 10:30:60 -1:30 10:3 1030 10.30.5 ٠٩:٠٠".split(" ").concat("", "10:30\n"),
    hour: ["10:30:15", "60:00", "10:60", "30", "1:30"],
    minute: ["10:15", ":60", "15", ":5"],
    second: [":10", "10:30"],
    week: ["10:30"],
  };
  test.each(Object.entries(refused).flatMap(([unit, times]) => times.map((time) => [unit, time])))(
    "every().%s.at(%j) is rejected",
    (unit, time) => {
      expect(codeOf(() => untyped(fresh().every())[unit!].at(time).do(nothing))).not.toBe("accepted");
    },
  );

  test.each([5, null, undefined, {}, [], true])("at(%j) is rejected: it is no text", (time) => {
    expect(codeOf(() => untyped(fresh().every().day).at(time))).not.toBe("accepted");
  });

  test("fractions of a second are dropped with at, and kept without", () => {
    const { every } = fresh("2026-03-04T10:15:00.250Z");
    expect(every().day.at("10:30").next()[0]?.getUTCMilliseconds()).toBe(0);
    expect(every().day.next()[0]?.getUTCMilliseconds()).toBe(250);
  });
});

describe("how the next run is computed", () => {
  const firsts: readonly (readonly [
    string,
    (every: ReturnType<typeof fresh>["every"]) => { next(count: number): Date[] },
    string,
  ])[] = [
    ["every(5).seconds", (every) => every(5).seconds, "03-04 10:15:05, 03-04 10:15:10"],
    ["every(2).days", (every) => every(2).days, "03-06 10:15:00, 03-08 10:15:00"],
    ["every().day.at a time to come", (every) => every().day.at("10:30"), "03-04 10:30:00, 03-05 10:30:00"],
    ["every().day.at a time gone", (every) => every().day.at("09:30"), "03-05 09:30:00, 03-06 09:30:00"],
    [
      "every(3).days.at a time to come",
      (every) => every(3).days.at("10:30"),
      "03-07 10:30:00, 03-10 10:30:00",
    ],
    ["every(3).days.at a time gone", (every) => every(3).days.at("09:30"), "03-07 09:30:00, 03-10 09:30:00"],
    ['every(2).hours.at(":30")', (every) => every(2).hours.at(":30"), "03-04 12:30:00, 03-04 14:30:00"],
    ['every(5).hours.at("20:30")', (every) => every(5).hours.at("20:30"), "03-04 15:20:30, 03-04 20:20:30"],
    ['every(10).minutes.at(":15")', (every) => every(10).minutes.at(":15"), "03-04 10:25:15, 03-04 10:35:15"],
    ["every().wednesday on a Wednesday", (every) => every().wednesday, "03-11 10:15:00, 03-18 10:15:00"],
    ["every().friday", (every) => every().friday, "03-06 10:15:00, 03-13 10:15:00"],
    [
      "every().wednesday.at a time to come",
      (every) => every().wednesday.at("10:30"),
      "03-04 10:30:00, 03-11 10:30:00",
    ],
    [
      "every().wednesday.at a time gone",
      (every) => every().wednesday.at("09:30"),
      "03-11 09:30:00, 03-18 09:30:00",
    ],
    ["every().week", (every) => every().week, "03-11 10:15:00, 03-18 10:15:00"],
    ["every(30).days over a month's end", (every) => every(30).days, "04-03 10:15:00, 05-03 10:15:00"],
  ];
  test.each(firsts)("%s", (_, say, moments) => {
    expect(
      say(fresh().every)
        .next(2)
        .map((at) => iso(at)?.slice(5))
        .join(", "),
    ).toBe(moments);
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

describe("random intervals", () => {
  test("each length is a whole number of units between both ends", () => {
    const { every, clock } = fresh();
    const moments = [clock.now(), ...every(5).to(10).seconds.next(200).map(Number)];
    const lengths = moments.slice(1).map((at, i) => (at - moments[i]!) / 1000);
    expect(Math.min(...lengths)).toBe(5);
    expect(Math.max(...lengths)).toBe(10);
    expect(lengths.every(Number.isInteger)).toBe(true);
  });

  test("an upper end that is smaller or not whole is rejected; an equal one is not", () => {
    const { every } = fresh();
    expect(codeOf(() => every(5).to(4).seconds.do(nothing))).toBe("interval");
    expect(codeOf(() => untyped(every(5)).to(7.5).seconds.do(nothing))).toBe("interval");
    expect(codeOf(() => every(5).to(5).seconds.do(nothing))).toBe("accepted");
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

  test.each([
    ["a date and time", "2026-03-04 11:00"],
    ["with seconds", "2026-03-04 11:00:00"],
    ["a time, today", "11:00"],
    ["a time with seconds", "11:00:00"],
    ["a Date", new Date("2026-03-04T11:00:00Z")],
    ["milliseconds", Date.parse("2026-03-04T11:00:00Z")],
  ] as const)("accepts %s", (_, end) => {
    expect(fresh().every(20).minutes.until(end).next(5).map(iso)).toEqual([
      "2026-03-04 10:35:00",
      "2026-03-04 10:55:00",
    ]);
  });

  test("a duration is given with for", () => {
    expect(fresh().every(20).minutes.for("45 minutes").next(5).map(iso)).toEqual([
      "2026-03-04 10:35:00",
      "2026-03-04 10:55:00",
    ]);
  });

  test("different: a date includes its whole day", () => {
    expect(fresh().every().day.at("20:00").until("2026-03-05").next(5).map(iso)).toEqual([
      "2026-03-04 20:00:00",
      "2026-03-05 20:00:00",
    ]);
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

  test.each([[true], [null], [undefined], [{}], ["123"], ["01:60"], ["2026-13-01"], [Number.NaN]])(
    "until(%j) is rejected",
    (end) => {
      expect(codeOf(() => untyped(fresh().every().minute).until(end).do(nothing))).not.toBe("accepted");
    },
  );
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

describe("values that are no intervals", () => {
  test.each([0, -1, 1.5, Number.NaN, Infinity, -Infinity, "5", true, null, {}, 1e9, 2 ** 53])(
    "every(%j) never hangs",
    (count) => {
      const code = codeOf(() => untyped(fresh().every)(count).seconds.do(nothing));
      expect(count === 1e9 ? ["accepted"] : ["interval"]).toContain(code);
    },
  );
});

test("everything is in the default export, too", () => {
  const { default: _, ...named } = schedule;
  expect(byDefault).toEqual(named);
});
