import { expect, test } from "vitest";
import { parseCron } from "../../src/language/cron/parse.ts";
import { parseWhen } from "../../src/language/language.ts";
import type { Recurrence } from "../../src/recurrence/recurrence.ts";
import { strangeTimes } from "../../src/simulate/clock-changes.ts";
import type { Instant } from "../../src/time/instant.ts";
import { zoneNamed } from "../../src/time/zone.ts";

const zone = zoneNamed("Europe/Berlin");
const now = Date.parse("2026-11-22T16:40:00Z") as Instant;
const end = Date.parse("2027-11-22T16:40:00Z") as Instant;
const recurrenceOf = (phrase: string) => parseWhen(phrase, { now, zone });
const wall = (time: number | undefined) => time && new Date(time).toISOString().slice(0, 16);

const fates = (recurrence: Recurrence) =>
  strangeTimes(recurrence, zone, now, end).map(({ fate, wall: meant, runsAt }) =>
    [fate, wall(meant), wall(runsAt)].filter(Boolean).join(" "),
  );

test.each<[string, Recurrence, string[]]>([
  [
    "a fixed time is moved out of the gap, and runs once in the fold",
    recurrenceOf("every day at 02:30"),
    ["moved 2027-03-28T02:30 2027-03-28T03:30", "first 2027-10-31T02:30"],
  ],
  ["a time outside the change has nothing to mind", recurrenceOf("every day at 09:00"), []],
  [
    "a starred cron minute follows elapsed time",
    parseCron("*/30 * * * *"),
    [
      "left-out 2027-03-28T02:00",
      "left-out 2027-03-28T02:30",
      "both 2027-10-31T02:00",
      "both 2027-10-31T02:30",
    ],
  ],
  [
    "a time that falls together with another one is left out",
    parseCron("30 2,3 * * *"),
    ["left-out 2027-03-28T02:30", "first 2027-10-31T02:30"],
  ],
  ["elapsed time has no strange nights", recurrenceOf("every 15 minutes"), []],
  ["only the nights on which it runs count", recurrenceOf("every monday at 02:30"), []],
  [
    "each zone has its own nights",
    recurrenceOf("every day at 02:30 in America/New_York"),
    ["moved 2027-03-14T02:30 2027-03-14T03:30"],
  ],
  ["a zone without changes has none", recurrenceOf("every day at 02:30 in Asia/Tokyo"), []],
])("%s", (_, recurrence, expected) => {
  expect(fates(recurrence)).toEqual(expected);
});
