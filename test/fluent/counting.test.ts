import { describe, expect, test } from "vitest";
import type { HasRecurrence } from "../../src/job.ts";
import { hear } from "./hear.ts";

type PhraseSchedule = ReturnType<typeof hear>;
type Row = readonly [words: string, builders: (of: PhraseSchedule) => HasRecurrence, ...moments: string[]];

/** A Sunday. */
const now = "2026-11-22 17:40:12.250";

const check = (from: string, rows: readonly Row[], zone?: string) => {
  for (const [words, say, ...moments] of rows)
    test(words, () => {
      const builders = hear(from, zone);
      expect(builders.moments(say(builders), moments.length)).toEqual(moments);
    });
};

describe("intervals count elapsed time from now", () => {
  check(now, [
    ["every().second", (s) => s.every().second, "2026-11-22 17:40:13.250", "2026-11-22 17:40:14.250"],
    ["every(5).seconds", (s) => s.every(5).seconds, "2026-11-22 17:40:17.250", "2026-11-22 17:40:22.250"],
    ["every(15).minutes", (s) => s.every(15).minutes, "2026-11-22 17:55:12.250", "2026-11-22 18:10:12.250"],
    ["every().hour", (s) => s.every().hour, "2026-11-22 18:40:12.250", "2026-11-22 19:40:12.250"],
    ["every(36).hours", (s) => s.every(36).hours, "2026-11-24 05:40:12.250", "2026-11-25 17:40:12.250"],
  ]);
});

describe("days and longer keep the wall time of now", () => {
  check(now, [
    ["every().day", (s) => s.every().day, "2026-11-23 17:40:12.250", "2026-11-24 17:40:12.250"],
    ["every(2).days", (s) => s.every(2).days, "2026-11-24 17:40:12.250", "2026-11-26 17:40:12.250"],
    ["every().week", (s) => s.every().week, "2026-11-29 17:40:12.250", "2026-12-06 17:40:12.250"],
    ["every(2).weeks", (s) => s.every(2).weeks, "2026-12-06 17:40:12.250", "2026-12-20 17:40:12.250"],
    ["every().month", (s) => s.every().month, "2026-12-22 17:40:12.250", "2027-01-22 17:40:12.250"],
    ["every(5).years", (s) => s.every(5).years, "2031-11-22 17:40:12.250", "2036-11-22 17:40:12.250"],
  ]);
  check(
    "2027-03-27 12:00",
    [
      ["days, over a clock change", (s) => s.every(2).days, "2027-03-29 12:00", "2027-03-31 12:00"],
      ["hours, over a clock change", (s) => s.every(24).hours, "2027-03-28 13:00", "2027-03-29 13:00"],
    ],
    "Europe/Berlin",
  );
});

describe("at, on days", () => {
  check(now, [
    ["still ahead today", (s) => s.every().day.at("18:00"), "2026-11-22 18:00", "2026-11-23 18:00"],
    ["passed today", (s) => s.every().day.at("10:30"), "2026-11-23 10:30", "2026-11-24 10:30"],
    ["with seconds", (s) => s.every().day.at("17:40:13"), "2026-11-22 17:40:13", "2026-11-23 17:40:13"],
    ["several times", (s) => s.every().day.at("18:00", "08:00"), "2026-11-22 18:00", "2026-11-23 08:00"],
    ["every(3).days, passed", (s) => s.every(3).days.at("10:30"), "2026-11-25 10:30", "2026-11-28 10:30"],
    ["every(3).days, ahead", (s) => s.every(3).days.at("23:00"), "2026-11-25 23:00", "2026-11-28 23:00"],
    [
      "every(3).days with a beginning",
      (s) => s.every(3).days.at("23:00").starting("2026-11-23"),
      "2026-11-23 23:00",
      "2026-11-26 23:00",
    ],
  ]);
  check("2026-11-22 10:30", [
    ["at equal to now is the next day", (s) => s.every().day.at("10:30"), "2026-11-23 10:30"],
    ["at equal to now is the next week", (s) => s.every().sunday.at("10:30"), "2026-11-29 10:30"],
    ["at equal to now is the next hour", (s) => s.every().hour.at(":30"), "2026-11-22 11:30"],
    ["at equal to now is the next minute", (s) => s.every().minute.at(":00"), "2026-11-22 10:31"],
  ]);
});

describe("at, within hours and minutes", () => {
  check(now, [
    ["every().hour, passed", (s) => s.every().hour.at(":30"), "2026-11-22 18:30", "2026-11-22 19:30"],
    ["every().hour, ahead", (s) => s.every().hour.at("50:30"), "2026-11-22 17:50:30", "2026-11-22 18:50:30"],
    [
      "every().hour, two of one second",
      (s) => s.every().hour.at(":45", ":15"),
      "2026-11-22 17:45",
      "2026-11-22 18:15",
    ],
    [
      "every().hour, two of different seconds",
      (s) => s.every().hour.at("45:10", ":15"),
      "2026-11-22 17:45:10",
      "2026-11-22 18:15",
      "2026-11-22 18:45:10",
    ],
    [
      "every().minute, ahead",
      (s) => s.every().minute.at(":15"),
      "2026-11-22 17:40:15",
      "2026-11-22 17:41:15",
    ],
    [
      "every().minute, passed",
      (s) => s.every().minute.at(":05"),
      "2026-11-22 17:41:05",
      "2026-11-22 17:42:05",
    ],
    ["every(2).hours, passed", (s) => s.every(2).hours.at(":30"), "2026-11-22 19:30", "2026-11-22 21:30"],
    ["every(2).hours, ahead", (s) => s.every(2).hours.at(":50"), "2026-11-22 19:50", "2026-11-22 21:50"],
    [
      "every(2).hours, two",
      (s) => s.every(2).hours.at(":30", ":50"),
      "2026-11-22 19:30",
      "2026-11-22 19:50",
      "2026-11-22 21:30",
    ],
    ["every(3).minutes", (s) => s.every(3).minutes.at(":15"), "2026-11-22 17:43:15", "2026-11-22 17:46:15"],
    [
      "every(2).hours with a beginning",
      (s) => s.every(2).hours.at(":30").starting("2026-12-01 09:45"),
      "2026-12-01 10:30",
      "2026-12-01 12:30",
    ],
  ]);
  check("2026-11-22 02:00", [
    [
      "every(5).hours from 02:00",
      (s) => s.every(5).hours.at("20:30"),
      "2026-11-22 07:20:30",
      "2026-11-22 12:20:30",
    ],
  ]);
  check(
    "2026-11-22 17:40",
    [["the hour of a zone of half hours", (s) => s.every(2).hours.at(":30"), "2026-11-22 19:30"]],
    "Asia/Kolkata",
  );
});

describe("days by name", () => {
  check(now, [
    ["every().monday", (s) => s.every().monday, "2026-11-23 17:40:12.250", "2026-11-30 17:40:12.250"],
    ["every().sunday on a Sunday", (s) => s.every().sunday, "2026-11-29 17:40:12.250"],
    ["every().sunday.at, ahead", (s) => s.every().sunday.at("18:00"), "2026-11-22 18:00", "2026-11-29 18:00"],
    ["every().sunday.at, passed", (s) => s.every().sunday.at("09:00"), "2026-11-29 09:00"],
    ["every().tuesday.at", (s) => s.every().tuesday.at("09:00"), "2026-11-24 09:00"],
    ["every().wednesday.at", (s) => s.every().wednesday.at("09:00"), "2026-11-25 09:00"],
    ["every().thursday.at", (s) => s.every().thursday.at("09:00"), "2026-11-26 09:00"],
    ["every().friday.at", (s) => s.every().friday.at("09:00"), "2026-11-27 09:00"],
    ["every().saturday.at", (s) => s.every().saturday.at("09:00"), "2026-11-28 09:00"],
    ["every().weekday.at", (s) => s.every().weekday.at("09:00"), "2026-11-23 09:00", "2026-11-24 09:00"],
    ["every().weekend.at", (s) => s.every().weekend.at("18:00"), "2026-11-22 18:00", "2026-11-28 18:00"],
    [
      "every(2).weeks.on: the week of the first run is in, the next one out",
      (s) => s.every(2).weeks.on("monday", "thursday").at("09:00"),
      "2026-11-23 09:00",
      "2026-11-26 09:00",
      "2026-12-07 09:00",
    ],
    [
      "every().month.on",
      (s) => s.every().month.on(1, 15).at("09:00"),
      "2026-12-01 09:00",
      "2026-12-15 09:00",
    ],
    ["every().month.on without a time", (s) => s.every().month.on(1), "2026-12-01 17:40:12.250"],
    [
      "every().year.on a day of the year",
      (s) => s.every().year.on(32).at("09:00"),
      "2027-02-01 09:00",
      "2028-02-01 09:00",
    ],
  ]);
  check(
    "2026-11-22 23:30",
    [
      [
        "the weekday is that of the zone of the chain",
        (s) => s.every().monday.at("08:00", "Asia/Tokyo"),
        "2026-11-23 00:00",
        "2026-11-30 00:00",
      ],
    ],
    "Europe/Berlin",
  );
});

describe("windows, aligned times, exceptions", () => {
  check(now, [
    [
      "a length below a day is counted from the opening",
      (s) => s.every(40).minutes.between("09:00", "10:30"),
      "2026-11-23 09:00",
      "2026-11-23 09:40",
      "2026-11-23 10:20",
      "2026-11-24 09:00",
    ],
    [
      "over midnight, on some days",
      (s) => s.every(1).hour.between("23:00", "00:30").on("monday"),
      "2026-11-23 23:00",
      "2026-11-24 00:00",
      "2026-11-30 23:00",
    ],
    [
      "two windows",
      (s) => s.every(2).hours.between("08:00", "10:00").between("18:00", "20:00"),
      "2026-11-22 18:00",
      "2026-11-22 20:00",
      "2026-11-23 08:00",
    ],
    [
      "times of day outside are left out",
      (s) => s.every().day.at("08:00", "12:00", "18:30").between("09:00", "18:00"),
      "2026-11-23 12:00",
      "2026-11-24 12:00",
    ],
    [
      "cron inside a window",
      (s) => s.cron("*/30 * * * *").between("18:10", "19:10"),
      "2026-11-22 18:30",
      "2026-11-22 19:00",
      "2026-11-23 18:30",
    ],
    [
      "every(15).minutes.aligned()",
      (s) => s.every(15).minutes.aligned(),
      "2026-11-22 17:45",
      "2026-11-22 18:00",
    ],
    [
      "every(20).seconds.aligned()",
      (s) => s.every(20).seconds.aligned(),
      "2026-11-22 17:40:20",
      "2026-11-22 17:40:40",
    ],
    ["every(6).hours.aligned()", (s) => s.every(6).hours.aligned(), "2026-11-22 18:00", "2026-11-23 00:00"],
    [
      "every(90).minutes.aligned()",
      (s) => s.every(90).minutes.aligned(),
      "2026-11-22 18:00",
      "2026-11-22 19:30",
    ],
    ["every(24).hours.aligned()", (s) => s.every(24).hours.aligned(), "2026-11-23 00:00", "2026-11-24 00:00"],
    [
      "marks keep their place in a window",
      (s) => s.every(90).minutes.aligned().between("18:30", "21:00"),
      "2026-11-22 19:30",
      "2026-11-22 21:00",
    ],
    [
      "without weekdays, dates, days of the month, months",
      (s) =>
        s
          .every()
          .day.at("09:00")
          .except("monday", "2026-11-24", 25, "december")
          .except({ from: "2026-11-27", to: "2026-11-29" }),
      "2026-11-26 09:00",
      "2027-01-01 09:00",
      "2027-01-02 09:00",
    ],
    [
      "without a Date, read in the zone",
      (s) => s.every().day.at("09:00").except(new Date("2026-11-23T23:30:00Z")).in("Europe/Berlin"),
      "2026-11-23 08:00",
      "2026-11-25 08:00",
    ],
  ]);
});

describe("bounds", () => {
  check(now, [
    [
      "until a moment, included",
      (s) => s.every().day.at("18:00").until("2026-11-23 18:00"),
      "2026-11-22 18:00",
      "2026-11-23 18:00",
    ],
    [
      "until a date, the whole day",
      (s) => s.every().day.at("18:00").until("2026-11-23"),
      "2026-11-22 18:00",
      "2026-11-23 18:00",
    ],
    ["until a time of today", (s) => s.every(30).minutes.until("18:30"), "2026-11-22 18:10:12.250"],
    [
      "until a Date, a number, an object with toMillis or epochMilliseconds",
      (s) =>
        s
          .every(30)
          .minutes.until(new Date("2026-11-22T18:30Z"))
          .until(Date.parse("2026-11-22T18:30Z"))
          .until({ toMillis: () => Date.parse("2026-11-22T18:30Z") })
          .until({ epochMilliseconds: Date.parse("2026-11-22T18:30Z") }),
      "2026-11-22 18:10:12.250",
    ],
    [
      "starting at a moment: that moment is the first run",
      (s) => s.every(2).hours.starting("2026-12-01 09:00"),
      "2026-12-01 09:00",
      "2026-12-01 11:00",
    ],
    [
      "starting in the past gives the phase",
      (s) => s.every(2).hours.starting("2026-11-22 09:00"),
      "2026-11-22 19:00",
    ],
    ["times", (s) => s.every().day.at("18:00").times(2), "2026-11-22 18:00", "2026-11-23 18:00"],
    [
      "for, its end included",
      (s) => s.every().day.for("2 days"),
      "2026-11-23 17:40:12.250",
      "2026-11-24 17:40:12.250",
    ],
    [
      "for, counted from the beginning",
      (s) => s.every(1).hour.starting("2026-12-01").for("1h"),
      "2026-12-01 00:00",
      "2026-12-01 01:00",
    ],
  ]);
  check(
    "2027-03-27 12:00",
    [
      [
        "for whole days keeps the wall clock",
        (s) => s.every().day.at("12:00").for("1 day"),
        "2027-03-28 12:00",
      ],
    ],
    "Europe/Berlin",
  );
  test.each([
    ["until", (s: PhraseSchedule) => s.every().day.at("18:00").until("2026-11-23"), 2],
    ["times", (s: PhraseSchedule) => s.every().day.at("18:00").times(3), 3],
    ["for", (s: PhraseSchedule) => s.every().day.for("2 days"), 2],
    ["until a time", (s: PhraseSchedule) => s.every(30).minutes.until("18:30"), 1],
  ])("%s is the end", (_, say, count) => {
    const builders = hear(now);
    expect(builders.moments(say(builders), 9)).toHaveLength(count);
  });
});

describe("once, cron, or", () => {
  check(now, [
    ["once, a moment", (s) => s.once("2027-02-03 04:05"), "2027-02-03 04:05"],
    ["once, with an offset", (s) => s.once("2027-02-03T04:05:00+02:00"), "2027-02-03 02:05"],
    ["once, a Date", (s) => s.once(new Date("2027-02-03T04:05Z")), "2027-02-03 04:05"],
    ["once, in a zone", (s) => s.once("2027-02-03 04:05").in("Europe/Berlin"), "2027-02-03 03:05"],
    ["cron", (s) => s.cron("0 9 * * mon-fri"), "2026-11-23 09:00", "2026-11-24 09:00"],
    [
      "or: each with its own limits",
      (s) => s.every().day.at("18:00").until("2026-11-23").or(s.every().tuesday.at("09:00").in("Asia/Tokyo")),
      "2026-11-22 18:00",
      "2026-11-23 18:00",
      "2026-11-24 00:00",
      "2026-12-01 00:00",
    ],
    [
      "words after or are about both",
      (s) => s.every().day.at("18:00").or(s.every().day.at("19:00")).except("sunday").times(3),
      "2026-11-23 18:00",
      "2026-11-23 19:00",
      "2026-11-24 18:00",
    ],
  ]);
});

test(".in(zone) applies wherever it stands in the chain", () => {
  const { every } = hear(now);
  const builders = [
    every().day.in("Europe/Berlin").at("10:00").until("2026-12-24 10:00").except("2026-11-30"),
    every().day.at("10:00").until("2026-12-24 10:00").in("Europe/Berlin").except("2026-11-30"),
    every().day.at("10:00").except("2026-11-30").until("2026-12-24 10:00").in("europe/berlin"),
    every().day.at("10:00", "Europe/Berlin").except("2026-11-30").until("2026-12-24 10:00"),
  ];
  for (const other of builders) expect(other.recurrence()).toEqual(builders[0]!.recurrence());
});

test("a random length is a whole number of units within its range", () => {
  const { every, moments } = hear("2026-11-22 17:40");
  const lengths = (found: readonly string[], unit: number) =>
    found.slice(1).map((moment, i) => (Date.parse(`${moment}Z`) - Date.parse(`${found[i]}Z`)) / unit);
  const minutes = lengths(moments(every(5).to(10).minutes, 200), 60_000);
  expect(Math.min(...minutes)).toBe(5);
  expect(Math.max(...minutes)).toBe(10);
  expect(minutes.every(Number.isInteger)).toBe(true);
  const days = lengths(moments(every(2).to(4).days.at("10:30"), 100), 86_400_000);
  expect(new Set(days)).toEqual(new Set([2, 3, 4]));
  const hours = moments(every(2).to(4).hours.at(":30"), 100);
  expect(hours.every((moment) => moment.endsWith(":30"))).toBe(true);
  expect(new Set(lengths(hours, 3_600_000))).toEqual(new Set([2, 3, 4]));
  expect(lengths(moments(every(2).to(2).hours, 9), 3_600_000)).toEqual(Array(8).fill(2));
});

test("random days with a time start at least one interval from today, even if today's time is still ahead", () => {
  for (let day = 1; day < 29; day++) {
    const { every, moments } = hear(`2026-02-${String(day).padStart(2, "0")} 09:00`);
    const [first] = moments(every(2).to(4).days.at("10:30"), 1);
    const ahead = Math.floor((Date.parse(`${first}Z`) - Date.UTC(2026, 1, day)) / 86_400_000);
    expect(ahead).toBeGreaterThanOrEqual(2);
    expect(ahead).toBeLessThanOrEqual(4);
  }
});
