import { describe, expect, test } from "vitest";
import type { HasRecurrence } from "../../src/job.ts";
import {
  anchorTime,
  bounded,
  calendar,
  dailyWindow,
  except,
  fields,
  grid,
  interval,
  once,
  timeList,
  union,
  within,
  zoned,
} from "../../src/recurrence/build.ts";
import type { Recurrence } from "../../src/recurrence/recurrence.ts";
import type { Instant, Milliseconds } from "../../src/time/instant.ts";
import { hour, minute, second } from "../../src/time/plain-time.ts";
import { buildersAt } from "./builders.ts";

type PhraseSchedule = ReturnType<typeof buildersAt>;

const now = "2026-11-22 17:40:12.250";
const ms = (length: number) => length as Milliseconds;
const at = (iso: string) => Date.parse(iso) as Instant;
const elapsed = "elapsed";
const nine = timeList([9 * hour]);

describe("the same meaning gives the same value", () => {
  test.each<readonly [string, (builders: PhraseSchedule) => HasRecurrence, Recurrence]>([
    ["every(5).seconds", (s) => s.every(5).seconds, interval(ms(5_000))],
    ["spaced", (s) => s.every(5).seconds.fixedDelay(), interval(ms(5_000), { fixedDelay: true })],
    [
      "random",
      (s) => s.every(5).to(10).minutes,
      interval(ms(5 * minute), { random: { to: ms(10 * minute), unit: ms(minute) } }),
    ],
    ["every().day", (s) => s.every().day, calendar({ step: { every: 1, unit: "day" }, times: anchorTime })],
    [
      "every(2).days",
      (s) => s.every(2).days,
      calendar({ step: { every: 2, unit: "day" }, times: anchorTime }),
    ],
    ["every().day.at", (s) => s.every().day.at("09:00"), calendar({ times: nine })],
    [
      "marks on some days",
      (s) => s.every(15).minutes.aligned().on("weekend"),
      calendar({
        dates: { weekdays: [6, 7] },
        times: fields({ minutes: [0, 15, 30, 45], seconds: [0], follows: elapsed }),
      }),
    ],
    [
      "every().minute.at",
      (s) => s.every().minute.at(":15", ":45"),
      calendar({ times: fields({ seconds: [15, 45], follows: elapsed }) }),
    ],
    ["every().monday", (s) => s.every().monday, calendar({ dates: { weekdays: [1] }, times: anchorTime })],
    [
      "every(2).weeks.on",
      (s) => s.every(2).weeks.on("thursday", "monday").at("09:00"),
      calendar({ step: { every: 2, unit: "week" }, dates: { weekdays: [1, 4] }, times: nine }),
    ],
    [
      "random days, a beginning",
      (s) => s.every(2).to(4).days.at("09:00").starting("2026-12-01"),
      bounded(calendar({ step: { every: 2, to: 4, unit: "day" }, times: nine }), {
        starting: at("2026-12-01T00:00Z"),
      }),
    ],
    [
      "every(3).days.at",
      (s) => s.every(3).days.at("09:00"),
      bounded(calendar({ step: { every: 3, unit: "day" }, times: nine }), {
        starting: at("2026-11-25T00:00Z"),
      }),
    ],
    [
      "every(2).hours.at",
      (s) => s.every(2).hours.at(":30"),
      bounded(interval(ms(2 * hour)), { starting: at("2026-11-22T19:30Z") }),
    ],
    [
      "a window of a length",
      (s) => s.every(15).minutes.between("08:00", "22:00"),
      calendar({ times: grid(ms(15 * minute), [dailyWindow(8 * hour, 22 * hour)]) }),
    ],
    [
      "a window of times",
      (s) => s.every().day.at("09:00").between("08:00", "22:00"),
      within(calendar({ times: nine }), [dailyWindow(8 * hour, 22 * hour)]),
    ],
    [
      "a window of a spaced length",
      (s) => s.every(15).minutes.between("08:00", "22:00").fixedDelay(),
      within(interval(ms(15 * minute), { fixedDelay: true }), [dailyWindow(8 * hour, 22 * hour)]),
    ],
    [
      "limits stand in one order, however they are written",
      (s) =>
        s.every().day.at("09:00").in("Asia/Tokyo").times(9).until("2027-01-01T00:00:00Z").except("monday"),
      zoned(
        bounded(except(calendar({ times: nine }), { kind: "dates", dates: { weekdays: [1] } }), {
          until: at("2027-01-01T00:00Z"),
          times: 9,
        }),
        "Asia/Tokyo",
      ),
    ],
    [
      "limits of a mark with a beginning of its own",
      (s) => s.every(2).hours.at(":30").except("monday").until("2027-01-01T00:00:00Z"),
      bounded(except(interval(ms(2 * hour)), { kind: "dates", dates: { weekdays: [1] } }), {
        starting: at("2026-11-22T19:30Z"),
        until: at("2027-01-01T00:00Z"),
      }),
    ],
    ["once", (s) => s.once("2027-02-03 04:05"), once(at("2027-02-03T04:05Z"))],
    [
      "or",
      (s) => s.every().day.at("09:00").or(s.every(5).seconds),
      union(calendar({ times: nine }), interval(ms(5 * second))),
    ],
  ])("%s", (_, say, value) => {
    expect(say(buildersAt(now)).recurrence()).toEqual(value);
  });
});
