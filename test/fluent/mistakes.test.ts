import { describe, expect, test } from "vitest";
import { buildersAt, mistake, untyped } from "./builders.ts";

const now = "2026-11-22 17:40";
const { every, once, cron, on, when } = untyped(buildersAt(now));
const job = () => {};

type Row = readonly [words: string, code: string, say: () => unknown, nearest?: string];

const check = (rows: readonly Row[]) => {
  for (const [words, code, say, nearest] of rows)
    test(`${words}: ${code}`, () => {
      const error = mistake(say);
      expect(error.code).toBe(code);
      if (nearest !== undefined) expect(error.nearest).toBe(nearest);
    });
};

describe("the number", () => {
  check([
    ["every(0)", "interval", () => every(0), "every(1)"],
    ["every(-5)", "interval", () => every(-5), "every(1)"],
    ["every(1.5)", "interval", () => every(1.5), "every(2)"],
    ["every(NaN)", "interval", () => every(Number.NaN)],
    ["every(Infinity)", "interval", () => every(Infinity)],
    ["every(-Infinity)", "interval", () => every(-Infinity)],
    ["every(1e300)", "interval", () => every(1e300)],
    ['every("5")', "interval", () => every("5"), "every(5)"],
    ['every("2.5")', "interval", () => every("2.5"), "every(3)"],
    ['every("")', "interval", () => every("")],
    ["every(true)", "interval", () => every(true), "every(1)"],
    ["every(null)", "interval", () => every(null)],
    ["every(undefined)", "interval", () => every(undefined)],
    ["every({})", "interval", () => every({})],
    ["every(5n)", "interval", () => every(5n)],
    ['every("24.12.2026")', "once", () => every("24.12.2026")],
    ["every.monday", "word", () => every.monday.at("09:00"), "every().monday"],
    ["every.hours", "word", () => every.hours, "every(5).hours"],
    ["every(5).week", "interval", () => every(5).week, "every(5).weeks"],
    ["every(5).second", "interval", () => every(5).second, "every(5).seconds"],
    ["every(5).minute", "interval", () => every(5).minute, "every(5).minutes"],
    ["every(5).hour", "interval", () => every(5).hour, "every(5).hours"],
    ["every(5).day", "interval", () => every(5).day, "every(5).days"],
    ["every(5).monday", "interval", () => every(5).monday, 'every(5).weeks.on("monday")'],
    ["every(5).weekend", "interval", () => every(5).weekend, 'every(5).weeks.on("weekend")'],
    ["every(5).to(4)", "interval", () => every(5).to(4), "to(5)"],
    ["every(5).to(7.5)", "interval", () => every(5).to(7.5), "to(8)"],
    ["every(5).to()", "interval", () => every(5).to()],
    ["every(1).to(2).monday", "interval", () => every(1).to(2).monday],
    ["every(101).years", "interval", () => every(101).years, "every(100).years"],
    ["every(1e12).hours", "interval", () => every(1e12).hours, "every(876600).hours"],
  ]);
  test("every() accepts the plural, every(1) a weekday", () => {
    expect(every().days.recurrence()).toEqual(every().day.recurrence());
    expect(every(1).monday.recurrence()).toEqual(every().monday.recurrence());
  });
});

describe("the unit", () => {
  check([
    ["every(5).do", "unit", () => every(5).do(job)],
    ["every().do", "unit", () => every().do(job)],
    ["every().at", "unit", () => every().at("10:30")],
  ]);
});

describe("times of day", () => {
  const day = (time: unknown) => () => every().day.at(time);
  check([
    ["several in one", "time-of-day", day(["09:00", "12:00"])],
    ["24:00", "time-of-day", day("24:00"), '"00:00"'],
    ["25:00", "time-of-day", day("25:00")],
    ["minute 60", "time-of-day", day("10:60")],
    ["second 60", "time-of-day", day("10:30:60")],
    ["a sign", "time-of-day", day("-10:30")],
    ["a blank", "time-of-day", day(" 10:30")],
    ["a newline", "time-of-day", day("10:30\n")],
    ["a fraction", "time-of-day", day("10:30:00.250")],
    ["nothing in it", "time-of-day", day("")],
    ["a bare number", "time-of-day", day("1030")],
    ["a digit of minutes", "time-of-day", day("10:3")],
    ["points", "time-of-day", day("10.30.5")],
    ["Arabic digits", "phrase", day("٠٩:٠٠")],
    ["minutes of the hour", "time-of-day", day(":30")],
    ["a number", "time-of-day", day(1030)],
    ["an hour as a number", "time-of-day", day(9), '"09:00"'],
    ["nothing", "time-of-day", () => every().day.at()],
    ["a Date", "time-of-day", day(new Date(0))],
    ["the second of two", "time-of-day", () => every().monday.at("10:30", "9:60")],
    ["the edge of a window", "time-of-day", () => every(5).minutes.between("9:60", "17:00")],
    ["the other edge", "time-of-day", () => every(5).minutes.between("09:00", "25:00")],
  ]);
  test.each(["00:00", "23:59", "23:59:59", "09:05:01"])("%s is accepted", (time) => {
    expect(every().day.at(time).recurrence().times.at).toEqual([time]);
  });
  test.each([
    ["9:00", "09:00"],
    ["9", "09:00"],
    ["14", "14:00"],
    ["7:05:30", "07:05:30"],
  ])("%s is read as %s", (short, time) => {
    expect(every().day.at(short).recurrence().times.at).toEqual([time]);
  });
});

describe("times of the hour and the minute", () => {
  check([
    ["hour, HH:MM:SS", "time-of-hour", () => every().hour.at("10:30:00")],
    ["hour, a bare number", "time-of-hour", () => every().hour.at("30"), '":30"'],
    ["hour, one digit", "time-of-hour", () => every().hour.at(":5"), '":05"'],
    ["hour, one digit before", "time-of-hour", () => every(2).hours.at("5:30"), '"05:30"'],
    ["hour, minute 60", "time-of-hour", () => every().hour.at(":60")],
    ["hour, 60 minutes", "time-of-hour", () => every().hour.at("60:00")],
    ["hour, a newline", "time-of-hour", () => every().hour.at(":30\n")],
    ["hour, a number", "time-of-hour", () => every().hour.at(30)],
    ["hour, language", "time-of-hour", () => every().hour.at("9am")],
    ["minute, MM:SS", "time-of-minute", () => every().minute.at("10:30"), '":30"'],
    ["minute, a bare number", "time-of-minute", () => every().minute.at("15"), '":15"'],
    ["minute, one digit", "time-of-minute", () => every().minute.at(":5"), '":05"'],
    ["minute, second 60", "time-of-minute", () => every(3).minutes.at(":60")],
    ["minute, nothing", "time-of-minute", () => every().minute.at()],
  ]);
});

describe("the zone", () => {
  check([
    ["at, unknown", "zone", () => every().day.at("10:30", "Europe/Berln"), '"Europe/Berlin"'],
    ["at, the city alone", "zone", () => every().day.at("10:30", "Berlin"), '"Europe/Berlin"'],
    ["in, unknown", "zone", () => every().day.in("Asia/Tokio"), '"Asia/Tokyo"'],
    ["in, an offset", "zone", () => every().day.in("+02:00"), '"UTC+02:00"'],
    ["in, nothing", "zone", () => every().day.in("")],
    ["in, no text", "zone", () => every().day.in(2)],
  ]);
  test("checks come in the order of Python's schedule: unit, zone, type, format", () => {
    expect(mistake(() => every().second.at(5, "Nowhere/Else")).code).toBe("word");
    expect(mistake(() => every().day.at(5, "Nowhere/Else")).code).toBe("zone");
    expect(mistake(() => every().day.at(5, "9:00")).given).toBe(5);
  });
  test.each(["Europe/Amsterdam", "UTC", "Japan", "America/Argentina/Buenos_Aires"])(
    "%s is accepted",
    (zone) => {
      expect(every().day.at("12:30", zone).recurrence().zone).toBe(zone);
    },
  );
});

describe("calls where they mean nothing", () => {
  check([
    ["every().second.at", "word", () => every().second.at(":10")],
    ["every(2).weeks.at", "word", () => every(2).weeks.at("09:00")],
    ["every().month.at", "word", () => every().month.at("09:00")],
    ["every().year.at", "word", () => every().year.at("09:00")],
    ["at twice", "word", () => every().day.at("09:00").at("10:00")],
    ["at after aligned", "word", () => every(5).minutes.aligned().at(":10")],
    ["at after spaced", "word", () => every(5).minutes.fixedDelay().at(":10")],
    ["at after cron", "word", () => cron("0 9 * * *").at("10:00")],
    ["at after once", "word", () => once("2027-02-03").at("10:00")],
    ["at after on, of minutes", "word", () => every(5).minutes.on("monday").at(":10")],
    ["aligned after days", "word", () => every(2).days.aligned()],
    ["aligned after a random length", "word", () => every(2).to(5).minutes.aligned()],
    ["aligned after spaced", "word", () => every(5).minutes.fixedDelay().aligned()],
    ["aligned after at", "word", () => every(5).minutes.at(":10").aligned()],
    ["spaced after days", "word", () => every(2).days.fixedDelay()],
    ["spaced after cron", "word", () => cron("* * * * *").fixedDelay()],
    ["spaced after at", "word", () => every(5).minutes.at(":10").fixedDelay()],
    ["spaced after on", "word", () => every(5).minutes.on("monday").fixedDelay()],
    ["on after days", "word", () => every(2).days.on("monday")],
    ["on after a weekday", "word", () => every().monday.on("tuesday")],
    ["on twice", "word", () => every().week.on("monday").on("tuesday")],
    ["on after spaced", "word", () => every(5).minutes.fixedDelay().on("monday")],
    ["on after a random length", "word", () => every(2).to(5).weeks.on("monday")],
    ["on after several hours with a mark", "word", () => every(2).hours.at(":30").on("monday")],
    ["on after a length of a day", "word", () => every(36).hours.on("monday")],
    ["on after cron", "word", () => cron("* * * * *").on("monday")],
    ["between after days without a time", "word", () => every().day.between("09:00", "17:00")],
    ["between after once", "word", () => once("2027-02-03").between("09:00", "17:00")],
    ["until after once", "word", () => once("2027-02-03").until("2028-01-01")],
    ["starting after once", "word", () => once("2027-02-03").starting("2028-01-01")],
    ["for after once", "word", () => once("2027-02-03").for("1 day")],
    ["times after once", "word", () => once("2027-02-03").times(2)],
    ["except after once", "word", () => once("2027-02-03").except("monday")],
    ["or with nothing", "word", () => every().day.or()],
    ["or with a phrase", "word", () => every().day.or("monday at 9")],
    ["or with a spaced one", "word", () => every().day.or(every(5).minutes.fixedDelay())],
  ]);
  test("the error shows the chain so far, and what to write", () => {
    expect(mistake(() => every(2).weeks.at("09:00")).message).toBe(
      '.at(…) after every(2).weeks: expected the day first: .on("monday").at("09:00").',
    );
  });
});

describe("days", () => {
  check([
    ["week, a number", "day", () => every().week.on(1)],
    ["week, nothing", "day", () => every().week.on()],
    ["month, 0", "day", () => every().month.on(0)],
    ["month, a number as text", "day", () => every().month.on("31"), "31"],
    ["month, -1 as text", "day", () => every().month.on("-1"), '"last day"'],
    ["year, month and day", "day", () => every().year.on("12-25"), '"december 25"'],
    ["month, 32", "day", () => every().month.on(32)],
    ["month, -1", "day", () => every().month.on(-1), '"last day"'],
    ["month, 1.5", "day", () => every().month.on(1.5)],
    ["month, a bare weekday", "day", () => every().month.on("monday"), '"first monday"'],
    ["year, 367", "day", () => every().year.on(367)],
    ["year, a bare weekday", "day", () => every().year.on("monday"), '"first monday of january"'],
    ["year, an object", "day", () => every().year.on({})],
    ["month, nothing in it", "day", () => every().month.on("")],
  ]);
});

describe("aligned times", () => {
  check([
    ["25 minutes", "aligned", () => every(25).minutes.aligned(), "every(24).minutes.aligned()"],
    ["7 hours", "aligned", () => every(7).hours.aligned(), "every(6).hours.aligned()"],
    ["25 hours", "aligned", () => every(25).hours.aligned(), "every(24).hours.aligned()"],
    ["59 seconds", "aligned", () => every(59).seconds.aligned(), "every(60).seconds.aligned()"],
  ]);
});

describe("bounds", () => {
  check([
    ["until a day that is always past", "past", () => every().day.until("yesterday")],
    ["until a day that is always past, in Chinese", "past", () => every().day.until("昨天")],
    ["until a date that does not exist", "date", () => every().day.until("2026-02-30")],
    ["until a moment that does not exist", "moment", () => every().day.until("2026-12-31 25:00")],
    ["until a time that does not exist", "time-of-day", () => every().day.until("25:00")],
    ["until an invalid Date", "moment", () => every().day.until(new Date("x"))],
    ["until true", "moment", () => every().day.until(true)],
    ["until null", "moment", () => every().day.until(null)],
    ["until {}", "moment", () => every().day.until({})],
    ["until NaN", "moment", () => every().day.until(Number.NaN)],
    ["starting at a moment that does not exist", "moment", () => every().day.starting("2026-02-30")],
    ["until a length", "moment", () => every().day.until("2 hours"), '.for("2 hours")'],
    ["starting at a length", "moment", () => every().day.starting("PT5M"), '"in 5 minutes"'],
    ["once, a length", "moment", () => once("5 minutes"), '"in 5 minutes"'],
    ["once, seconds since 1970", "moment", () => once(1_767_225_600), "new Date(1767225600 * 1000)"],
    ["starting null", "moment", () => every().day.starting(null)],
    ["for nothing", "duration", () => every().day.for(0)],
    ["for a month", "duration", () => every().day.for("1 month")],
    ["times(0)", "times", () => every().day.times(0)],
    ["times(1.5)", "times", () => every().day.times(1.5)],
    ["times(100001)", "times", () => every().day.times(100_001)],
    ["once, always in the past", "past", () => once("3 days ago").do(job)],
    ["once, no moment", "moment", () => once({})],
    ["once, a date that does not exist", "moment", () => once("2027-02-30")],
  ]);
  test("until now is accepted", () => {
    expect(() => every().day.until("17:40")).not.toThrow();
  });
});

describe("exceptions", () => {
  check([
    ["0", "exception", () => every().day.except(0)],
    ["32", "exception", () => every().day.except(32)],
    ["nothing in it", "exception", () => every().day.except("")],
    ["null", "exception", () => every().day.except(null)],
    ["a date that does not exist", "date", () => every().day.except("2026-02-30")],
    [
      "a range the wrong way round",
      "exception",
      () => every().day.except({ from: "2026-12-31", to: "2026-12-24" }),
    ],
    ["an invalid Date", "moment", () => every().day.except(new Date("x"))],
  ]);
});

describe("policies", () => {
  check([
    ["onlyIf", "not-a-function", () => every().day.onlyIf(true)],
    ["unless", "not-a-function", () => every().day.unless("raining")],
    ["overlap", "overlap", () => every().day.overlap("skp"), '"skip"'],
    ["overlap, nothing", "overlap", () => every().day.overlap()],
    ["overlap, another word", "overlap", () => every().day.overlap("parallel"), '"allow"'],
    ["retry, a number as text", "retry", () => every().day.retry("3"), "3"],
    ["timeout, a number as text", "duration", () => every().day.timeout("5"), '"5 seconds"'],
    ["catchUp, another word", "catch-up", () => every().day.catchUp("latest"), '"once"'],
    ["catchUp", "catch-up", () => every().day.catchUp("onec"), '"once"'],
    ["catchUp maxLateness", "duration", () => every().day.catchUp("all", { maxLateness: "soon" })],
    ["retry(0)", "retry", () => every().day.retry(0)],
    ["retry(101)", "retry", () => every().day.retry(101)],
    ["retry, backoff", "retry", () => every().day.retry(3, { backoff: "expontial" }), '"exponential"'],
    ["retry, delay", "duration", () => every().day.retry(3, { delay: "x" })],
    [
      "retry, maxDelay before delay",
      "retry",
      () => every().day.retry(3, { delay: "1 hour", maxDelay: "1 minute" }),
    ],
    ["timeout", "duration", () => every().day.timeout("x")],
    ["timeout(0)", "duration", () => every().day.timeout(0)],
    ["jitter", "duration", () => every().day.jitter(-1)],
    ["ifInterrupted", "if-interrupted", () => every().day.ifInterrupted("rern"), '"rerun"'],
    ["pauseAfterFailures", "pause-after-failures", () => every().day.pauseAfterFailures(0)],
    ["named", "name", () => every().day.named(" ")],
    ["tag", "tag", () => every().day.tag("ok", 5)],
    ["next", "count", () => every().day.next(0)],
    ["describe", "language", () => every().day.describe("english")],
  ]);
});

describe("do", () => {
  check([
    ["undefined", "not-a-function", () => every().day.do(undefined)],
    ["a command", "not-a-function", () => every().day.do("ls"), '.exec("ls", { shell: true })'],
    ["exec, a line", "program", () => every().day.exec("ls -l"), '.exec("ls -l", { shell: true })'],
    ["exec, an argument without [ ]", "options", () => every().day.exec("ls", "-l")],
    ["repeat, no schedule", "word", () => buildersAt(now).repeat("every day" as never)],
    ["a Promise", "not-a-function", () => every().day.do(Promise.resolve())],
    ["nothing", "not-a-function", () => every().day.do()],
    [
      "an end before the beginning",
      "never",
      () => every().day.starting("2026-06-05").until("2026-06-01").do(job),
    ],
    [
      "nothing between the beginning and the end",
      "never",
      () => every().monday.starting("2027-06-01").until("2027-06-03").do(job),
    ],
    ["a length that does not fit", "never", () => every(2).hours.for("1 hour").do(job)],
    ["outside of its window", "never", () => every().day.at("10:30").between("11:00", "12:00").do(job)],
    ["no day left", "never", () => every(5).minutes.except("weekdays", "weekends").do(job)],
    ["no month left", "never", () => every().day.except("january to december").do(job)],
    ["nothing left", "never", () => every().weekend.at("10:30").except("saturday", "sunday").do(job)],
  ]);
  test("the error shows what was given, and what to write", () => {
    expect(mistake(() => every().day.do(Promise.resolve())).message).toMatch(
      /^\.do\(…\): got a Promise, expected a function; write \.do\(job, …\) or \.do\(\(\) => job\(…\)\)/,
    );
  });
  test("a schedule that would never run is shown as written", () => {
    expect(mistake(() => every(2).hours.for("1 hour").do(job)).message).toBe(
      'every(2).hours.for("1 hour") would never run: expected at least one moment after now, 2026-11-22T17:40:00+00:00.',
    );
  });
});

describe("phrases", () => {
  test.each([
    ["every", () => every("blue moon")],
    ["on", () => on("blue moon")],
    ["when", () => when("blue moon")],
    ["once", () => once("blue moon")],
    ["cron", () => cron("blue moon")],
    ["at", () => every().day.at("blue moon")],
    ["month.on", () => every().month.on("blue moon")],
    ["except", () => every().day.except("blue moon")],
    ["until", () => every().day.until("blue moon")],
    ["starting", () => every().day.starting("blue moon")],
  ])("%s throws at its own word", (_, say) => {
    expect(mistake(say).code).not.toBe("");
  });
});
