import { createScheduler, VirtualClock } from "onthedot/testing";
import { describe, expect, test } from "vitest";
import { fileFor, life, nothing, sleeping, storeFile, stores } from "./stores.ts";

type ScheduleBuilders = ReturnType<typeof createScheduler>;
interface Named {
  named(name: string): { do(task: () => void): unknown };
}
type Form = (words: ScheduleBuilders) => Named;

/** A script that starts while its clock is wrong, and what it starts, with the date. */
const script = (start: string, path?: string, tellsUptime = true, zone = "UTC") => {
  const run = life(start, path, zone, tellsUptime);
  const starts: string[] = [];
  run.listen("started", ({ job }) =>
    starts.push(
      `${job.name === "job" ? "" : `${job.name} `}${new Date(run.clock.now()).toISOString().slice(5, 19)}`,
    ),
  );
  return { ...run, starts };
};

const times = (from: string, every: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) =>
    new Date(Date.parse(`2026-${from}Z`) + i * every * 60_000).toISOString().slice(5, 19),
  );

/** Started at 14:00, eight hours ahead; corrected after 20 minutes and a half. Then two hours pass. */
const ahead: Readonly<Record<string, readonly [Form, readonly string[]]>> = {
  "cron every 5 minutes": [({ cron }) => cron("*/5 * * * *"), times("03-03T06:25:00", 5, 24)],
  "cron, a phrase": [({ every }) => every("5 minutes from 6:00 to 20:00"), times("03-03T06:25:00", 5, 24)],
  "every hour at :20": [({ every }) => every("hour at :20"), times("03-03T07:20:00", 60, 2)],
  "every().hour.at": [({ every }) => every().hour.at(":20"), times("03-03T07:20:00", 60, 2)],
  aligned: [({ every }) => every(15).minutes.aligned(), times("03-03T06:30:00", 15, 8)],
  "in a window": [
    ({ every }) => every(10).minutes.between("06:00", "20:00"),
    times("03-03T06:30:00", 10, 12),
  ],
  "several times of day": [
    ({ every }) => every().day.at("06:30", "07:30", "14:10"),
    ["03-03T06:30:00", "03-03T07:30:00"],
  ],
  "a Chinese phrase": [({ every }) => every("每5分钟"), times("03-03T06:25:00", 5, 24)],
  "an interval": [({ every }) => every(5).minutes, times("03-03T06:25:00", 5, 24)],
  "an interval of seconds": [({ every }) => every(900).seconds, times("03-03T06:30:00", 15, 8)],
  "an interval from its mark": [({ every }) => every(2).hours.at(":30"), []],
  "in another zone": [({ cron }) => cron("*/5 * * * *").in("Asia/Kolkata"), times("03-03T06:25:00", 5, 24)],
  "a union": [
    ({ every }) => every().day.at("06:30").or(every().day.at("07:45")),
    ["03-03T06:30:00", "03-03T07:45:00"],
  ],
  "a moment on the wall": [({ once }) => once("2026-03-03 07:00"), ["03-03T07:00:00"]],
};

describe("a clock that is eight hours ahead at the start and is corrected", () => {
  test.each(stores.flatMap((store) => Object.keys(ahead).map((form) => [store, form] as const)))(
    "in %s, what never ran runs when its time comes: %s",
    async (store, form) => {
      const [says, expected] = ahead[form]!;
      const run = script("2026-03-03T14:00:00Z", fileFor(store));
      says(run).named("job").do(nothing);
      run.every().minute.named("other").do(nothing);
      run.start();
      await run.clock.advance("20 minutes 30 seconds");
      const before = run.starts.length;
      run.clock.setTo("2026-03-03T06:20:30Z");
      await run.clock.advance("2 hours");
      expect(run.starts.slice(before).filter((start) => !start.startsWith("other"))).toEqual(expected);
    },
  );

  test.each(stores)("in %s, what ran at a wrong time does not run again when it comes", async (store) => {
    const run = script("2026-03-03T14:00:00Z", fileFor(store));
    run.every().day.at("14:10").named("job").do(nothing);
    run.start();
    await run.clock.advance("20 minutes");
    run.clock.setTo("2026-03-03T06:20:00Z");
    await run.clock.advance("2 days");
    expect(run.starts).toEqual(["03-03T14:10:00", "03-04T14:10:00"]);
  });
});

/** Started at 14:00, eight hours ahead; corrected after 5 minutes. What comes by 16:00. */
const counted: Readonly<Record<string, readonly [Form, readonly string[]]>> = {
  "once in 10 minutes": [({ once }) => once("in 10 minutes"), ["03-03T06:10:00"]],
  "once in 5 minutes, which is when the clock is corrected": [
    ({ once }) => once("in 5 minutes"),
    ["03-03T06:05:00"],
  ],
  "once, in Chinese": [({ once }) => once("10分钟后"), ["03-03T06:10:00"]],
  "when in 10 minutes": [({ when }) => when("in 10 minutes"), ["03-03T06:10:00"]],
  "an interval": [({ every }) => every(3).hours, ["03-03T09:00:00", "03-03T12:00:00", "03-03T15:00:00"]],
  "an interval for 2 hours": [
    ({ every }) => every(30).minutes.for("2 hours"),
    times("03-03T06:30:00", 30, 4),
  ],
  "a phrase for 2 hours": [({ every }) => every("30 minutes for 2 hours"), times("03-03T06:30:00", 30, 4)],
  "a Chinese phrase for 2 hours": [
    ({ every }) => every("每30分钟，持续2小时"),
    times("03-03T06:30:00", 30, 4),
  ],
  "cron for 2 hours": [({ cron }) => cron("*/30 * * * *").for("2 hours"), times("03-03T06:30:00", 30, 4)],
  "a start in 2 hours": [
    ({ every }) => every(3).hours.starting("in 2 hours"),
    ["03-03T08:00:00", "03-03T11:00:00", "03-03T14:00:00"],
  ],
  "from marks": [
    ({ every }) => every(3).hours.at(":30"),
    ["03-03T09:30:00", "03-03T12:30:00", "03-03T15:30:00"],
  ],
  "a start on the wall": [({ every }) => every(3).hours.starting("2026-03-03 15:00"), ["03-03T15:00:00"]],
  spaced: [({ every }) => every(5).hours.fixedDelay(), ["03-03T11:00:00", "03-03T16:00:00"]],
  rescheduled: [({ every }) => every(9).hours, ["03-03T15:00:00"]],
};

test.each(stores.flatMap((store) => Object.keys(counted).map((form) => [store, form] as const)))(
  "in %s, lengths counted from now move with the correction: %s",
  async (store, form) => {
    const [says, expected] = counted[form]!;
    const run = script("2026-03-03T14:00:00Z", fileFor(store));
    says(run).named("job").do(nothing);
    run.start();
    await run.clock.advance("4 minutes 59 seconds");
    run.clock.setTo("2026-03-03T06:04:59Z");
    await run.clock.advanceTo("2026-03-03T16:00:00Z");
    expect(run.starts).toEqual(expected);
  },
);

test.each(stores)(
  "in %s, a clock that is five years ahead and corrected leaves no job silent",
  async (store) => {
    const run = script("2031-03-03T14:00:00Z", fileFor(store));
    const all: Readonly<Record<string, Form>> = {
      cron: ({ cron }) => cron("0 * * * *"),
      day: ({ every }) => every().day.at("08:00"),
      tomorrow: ({ once }) => once("tomorrow at 9"),
      anchored: ({ every }) => every(2).days,
      soon: ({ once }) => once("in 3 hours"),
      monday: ({ every }) => every().monday.at("10:00"),
    };
    for (const [name, says] of Object.entries(all)) says(run).named(name).do(nothing);
    run.start();
    await run.clock.advance("30 minutes");
    run.clock.setTo("2026-03-03T06:30:00Z");
    await run.clock.advance("6 days 6 hours");
    const first = (name: string) =>
      run.starts.find((start) => start.startsWith(`${name} `))?.slice(name.length + 1);
    expect(Object.keys(all).map(first)).toEqual([
      "03-03T07:00:00",
      "03-03T08:00:00",
      "03-04T09:00:00",
      "03-05T06:00:00",
      "03-03T09:00:00",
      "03-09T10:00:00",
    ]);
  },
);

describe("a clock that is three days behind at the start and is corrected, where sleep can be distinguished from it", () => {
  const behind: Readonly<Record<string, readonly [Form, readonly string[]]>> = {
    "once in 10 minutes": [({ once }) => once("in 10 minutes"), ["03-06T14:10:00"]],
    "for 2 hours": [({ every }) => every(30).minutes.for("2 hours"), times("03-06T14:30:00", 30, 4)],
    "a phrase for 2 hours": [({ every }) => every("30 minutes for 2 hours"), times("03-06T14:30:00", 30, 4)],
    "cron for 2 hours, the latest skipped time first": [
      ({ cron }) => cron("*/30 * * * *").for("2 hours"),
      ["03-06T14:05:00", ...times("03-06T14:30:00", 30, 4)],
    ],
    "three times": [({ every }) => every(10).minutes.times(3), times("03-06T14:10:00", 10, 3)],
    tomorrow: [({ once }) => once("tomorrow at 9"), ["03-07T09:00:00"]],
    "every 2 days": [({ every }) => every(2).days, ["03-08T14:00:00"]],
  };

  test.each(stores.flatMap((store) => Object.keys(behind).map((form) => [store, form] as const)))(
    "in %s, nothing expires before it has run: %s",
    async (store, form) => {
      const [says, expected] = behind[form]!;
      const run = script("2026-03-03T14:00:00Z", fileFor(store));
      says(run).named("job").do(nothing);
      run.start();
      await run.clock.advance("4 minutes 59 seconds");
      run.clock.setTo("2026-03-06T14:04:59Z");
      await run.clock.advance("3 days");
      expect(run.starts).toEqual(expected);
    },
  );

  test("the control: where the clock does not tell sleep, a jump forward counts as sleep", async () => {
    const run = script("2026-03-03T14:00:00Z", undefined, false);
    run.every(30).minutes.for("2 hours").named("job").do(nothing);
    run.start();
    await run.clock.advance("5 minutes");
    run.clock.setTo("2026-03-06T14:05:00Z");
    await run.clock.advance("3 hours");
    expect(run.starts).toEqual([]);
  });
});

test("sleep is distinguished from a clock that was set, and what was missed during sleep is caught up", async () => {
  const run = script("2026-03-03T14:00:00Z");
  const causes: string[] = [];
  run.listen("clockJumped", ({ cause, by }) => causes.push(`${cause} ${by}`));
  run.once("in 10 minutes").named("job").do(nothing);
  run.once("in 20 hours").named("last").do(nothing);
  run.start();
  await run.clock.advance("1 minute");
  run.clock.suspend("8 hours");
  await run.clock.advance("1 minute");
  expect(causes).toEqual(["asleep 28800000"]);
  expect(run.starts).toHaveLength(1);
  run.clock.setTo("2026-03-03T23:02:00Z");
  await run.clock.advance("1 minute");
  expect(causes).toEqual(["asleep 28800000", "set-forward 3600000"]);
});

test("where sleep cannot be distinguished from a clock that was set, a step back undoes a jump forward first", async () => {
  const run = script("2026-03-03T12:00:00Z", undefined, false);
  run.once("in 10 hours").named("job").do(nothing);
  run.start();
  await run.clock.advance("1 minute");
  run.clock.setTo("2026-03-03T14:01:00Z");
  await run.clock.advance("1 minute");
  run.clock.setTo("2026-03-03T12:02:00Z");
  await run.clock.advance("12 hours");
  expect(run.starts).toEqual(["03-03T22:00:00"]);
});

describe("a restart after the clock was corrected", () => {
  /** First at 14:00, eight hours ahead, for 20 minutes and a half; then at 06:21 for two hours. */
  const twice = async (says: Form) => {
    const path = storeFile();
    const first = script("2026-03-03T14:00:00Z", path);
    says(first).named("job").do(nothing);
    first.start();
    await first.clock.advance("20 minutes 30 seconds");
    await first.stop();
    const second = script("2026-03-03T06:21:00Z", path);
    says(second).named("job").do(nothing);
    second.start();
    await second.clock.advance("2 hours");
    await second.stop();
    return second.starts;
  };

  test.each(
    Object.entries({
      cron: [({ cron }) => cron("*/5 * * * *"), times("03-03T06:25:00", 5, 24)],
      "every hour at :20": [({ every }) => every("hour at :20"), times("03-03T07:20:00", 60, 2)],
      aligned: [({ every }) => every(15).minutes.aligned(), times("03-03T06:30:00", 15, 8)],
      "in a window": [
        ({ every }) => every(10).minutes.between("06:00", "20:00"),
        times("03-03T06:30:00", 10, 12),
      ],
      "several times": [
        ({ every }) => every().day.at("06:30", "07:30", "14:10"),
        ["03-03T06:30:00", "03-03T07:30:00"],
      ],
      "an interval, counted from the restart": [
        ({ every }) => every(30).minutes,
        times("03-03T06:51:00", 30, 4),
      ],
      "a one-off that ran": [({ once }) => once("in 10 minutes"), []],
      "a one-off that did not run": [({ once }) => once("in 30 minutes"), ["03-03T06:51:00"]],
    } satisfies Record<string, [Form, string[]]>),
  )("%s", async (_, [says, expected]) => {
    expect(await twice(says)).toEqual(expected);
  });

  test("what ran at the wrong time does not run again", async () => {
    const path = storeFile();
    for (const [start, expected] of [
      ["2026-03-03T14:00:00Z", ["03-03T14:10:00"]],
      ["2026-03-03T06:21:00Z", ["03-04T14:10:00"]],
    ] as const) {
      const run = script(start, path);
      run.every().day.at("14:10").named("job").do(nothing);
      run.start();
      await run.clock.advance(expected[0].startsWith("03-04") ? "2 days" : "20 minutes");
      await run.stop();
      expect(run.starts).toEqual(expected);
    }
  });

  test("what is overdue by the wall clock runs at once", async () => {
    const path = storeFile();
    for (const [start, expected] of [
      ["2026-03-03T06:00:00Z", []],
      ["2026-03-03T14:00:00Z", ["03-03T14:00:00"]],
    ] as const) {
      const run = script(start, path);
      run.once("in 10 minutes").named("job").do(nothing);
      run.start();
      await run.clock.advance("1 minute");
      await run.stop();
      expect(run.starts).toEqual(expected);
    }
  });
});

describe.each(stores)("a run during which the clock is set, %s", (kind) => {
  for (const to of ["2026-03-03T06:11:00Z", "2026-03-03T20:11:00Z"])
    test(`to ${to}: is recorded with the time it took`, async () => {
      const { every, start, clock } = script(
        "2026-03-03T14:00:00Z",
        kind === "SQLite" ? storeFile() : undefined,
      );
      const job = every(10).minutes.times(1).named("job").do(sleeping(clock, "5 minutes"));
      start();
      await clock.advance("11 minutes");
      clock.setTo(to);
      await clock.advance("10 minutes");
      const [run] = job.history();
      expect(run).toMatchObject({ outcome: "succeeded" });
      expect(run!.ended!.getTime() - run!.started!.getTime()).toBe(5 * 60_000);
      expect(run!.started!.getTime()).toBe(Date.parse(to) - 60_000);
    });
});

test("a run takes as long as it took, also when the clock is set back while it runs", async () => {
  const clock = new VirtualClock("2026-03-03T14:00:00Z");
  const { every, start, stop, listen } = createScheduler({ clock, zone: "UTC" });
  const took: number[] = [];
  listen("succeeded", ({ run }) => took.push(Number(run.ended) - Number(run.started)));
  const back = () => clock.setTo("2026-03-03T06:00:00Z");
  every().minute.times(1).do(back);
  every(2)
    .minutes.times(1)
    .do(async () => {
      back();
      await clock.advance("5 seconds");
    });
  start();
  await clock.advance("5 minutes");
  await stop();
  expect(took).toEqual([0, 5_000]);
});
