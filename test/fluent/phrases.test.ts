import { describe, expect, test } from "vitest";
import type { HasRecurrence } from "../../src/job.ts";
import { hear, mistake } from "./hear.ts";

type PhraseSchedule = ReturnType<typeof hear>;

/** A Sunday. */
const now = "2026-11-22 17:40";

describe("a phrase and a chain with the same meaning are the same value", () => {
  test.each<
    readonly [
      phrase: string,
      chain: (builders: PhraseSchedule) => HasRecurrence,
      builders: (builders: PhraseSchedule) => HasRecurrence,
    ]
  >([
    ["weekday at 9am", (s) => s.every().weekday.at("09:00"), (s) => s.every("weekday at 9am")],
    ["every 15 minutes", (s) => s.every(15).minutes, (s) => s.when("every 15 minutes")],
    [
      "every 15 minutes between 9am and 5pm",
      (s) => s.every(15).minutes.between("09:00", "17:00"),
      (s) => s.when("every 15 minutes between 9am and 5pm"),
    ],
    [
      "a window after the phrase",
      (s) => s.every(15).minutes.between("09:00", "17:00"),
      (s) => s.every("15 minutes").between("09:00", "17:00"),
    ],
    [
      "a window after a phrase with days",
      (s) => s.every(2).hours.on("weekdays").between("09:00", "11:00"),
      (s) => s.every("2 hours on weekdays").between("09:00", "11:00"),
    ],
    [
      "exceptions within and behind the phrase",
      (s) => s.every().weekday.at("09:00").except("monday", "friday").times(3),
      (s) => s.every("weekday at 9am except mondays").times(3).except("friday"),
    ],
    [
      "the zone of the phrase is that of its limits",
      (s) => s.every().day.at("09:00", "Asia/Tokyo").until("2026-12-01"),
      (s) => s.every("day at 9am in Asia/Tokyo").until("2026-12-01"),
    ],
    [
      "the 1st of each month at 9am",
      (s) => s.every().month.on(1).at("09:00"),
      (s) => s.on("the 1st of each month at 9am"),
    ],
  ])("%s", (_, chain, phrase) => {
    expect(phrase(hear(now)).recurrence()).toEqual(chain(hear(now)).recurrence());
  });
});

describe("arguments in words", () => {
  test.each<
    readonly [
      words: string,
      exact: (builders: PhraseSchedule) => HasRecurrence,
      builders: (builders: PhraseSchedule) => HasRecurrence,
    ]
  >([
    ['at("9am", "noon")', (s) => s.every().day.at("09:00", "12:00"), (s) => s.every().day.at("9am", "noon")],
    ['at("早上8点")', (s) => s.every().day.at("08:00"), (s) => s.every().day.at("早上8点")],
    ['at("6 and 8pm")', (s) => s.every().day.at("18:00", "20:00"), (s) => s.every().day.at("6 and 8pm")],
    [
      "between 9am and 5pm",
      (s) => s.every(5).minutes.between("09:00", "17:00"),
      (s) => s.every(5).minutes.between("9am", "5pm"),
    ],
    [
      "on(last friday, 1)",
      (s) => s.on("the last friday of the month at 9am").or(s.on("the 1st of each month at 9am")),
      (s) => s.every().month.on("last friday").at("09:00").or(s.every().month.on(1).at("09:00")),
    ],
    ["on(december 25)", (s) => s.cron("0 9 25 12 *"), (s) => s.every().year.on("december 25").at("09:00")],
    [
      "on(december) is its first day",
      (s) => s.cron("0 9 1 12 *"),
      (s) => s.every().year.on("december").at("09:00"),
    ],
    [
      "on(first workday)",
      (s) => s.on("the first workday of the month at 9am"),
      (s) => s.every().month.on("first workday").at("09:00"),
    ],
    ["on(last day)", (s) => s.cron("0 9 L * *"), (s) => s.every().month.on("last day").at("09:00")],
    [
      "on(weekdays in short)",
      (s) => s.every(2).weeks.on("monday", "friday").at("09:00"),
      (s) => s.every(2).weeks.on("mon", "fri").at("09:00"),
    ],
    [
      "except(the 13th)",
      (s) => s.every().day.at("09:00").except(13),
      (s) => s.every().day.at("09:00").except("the 13th"),
    ],
    [
      "until(december 24)",
      (s) => s.every().day.at("09:00").until("2026-12-24"),
      (s) => s.every().day.at("09:00").until("december 24"),
    ],
    [
      "starting(december 24)",
      (s) => s.every().day.at("09:00").starting("2026-12-24"),
      (s) => s.every().day.at("09:00").starting("december 24"),
    ],
    ["once(tomorrow at 9)", (s) => s.once("2026-11-23 09:00"), (s) => s.once("tomorrow at 9")],
  ])("%s", (_, exact, builders) => {
    expect(builders(hear(now)).recurrence()).toEqual(exact(hear(now)).recurrence());
  });
});

test("a phrase is read again when it is used, in the zone that follows it", () => {
  const builders = hear(now, "Europe/Berlin");
  const late = builders.when("today at 17:00").in("America/New_York");
  expect(builders.moments(late, 2)).toEqual(["2026-11-22 23:00"]);
  builders.passTo("2026-11-24 08:00");
  expect(builders.moments(late, 2)).toEqual(["2026-11-24 23:00"]);
});

test("a phrase that is not understood is rejected by its call, with the position", () => {
  const { every } = hear(now);
  const error = mistake(() => every("weekdya at 9am"));
  expect(error.start).toBe(0);
  expect(error.length).toBe(7);
});
