import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCron } from "../../src/language/cron/parse.ts";
import { compile } from "../../src/recurrence/next/compile.ts";
import type { Instant } from "../../src/time/instant.ts";
import { utc } from "../../src/time/zone.ts";
import { runs, seed } from "../random.ts";
import { cronExpression } from "./cron-expressions.ts";
import { isAtTime, isOnDate } from "./cron-meaning.ts";

const walks = runs(100);
const minute = 60_000;
const day = 1_440 * minute;

const found = (text: string, from: number, to: number): readonly string[] => {
  const trigger = compile(parseCron(text), { zone: utc, anchor: (from - 1) as Instant });
  const moments: string[] = [];
  for (let at = trigger.next((from - 1) as Instant); at !== null && at < to; at = trigger.next(at))
    moments.push(new Date(at).toISOString());
  return moments;
};

const start = fc
  .integer({ min: Date.UTC(2019, 0, 1) / day, max: Date.UTC(2033, 0, 1) / day })
  .map((days) => days * day);

test(`a walk from minute to minute through two weeks meets the same moments (seed ${seed})`, () => {
  fc.assert(
    fc.property(cronExpression({ seconds: false }), start, (expression, from) => {
      const walked: string[] = [];
      for (let date = from; date < from + 14 * day; date += day) {
        if (!isOnDate(expression, new Date(date))) continue;
        for (let at = date; at < date + day; at += minute)
          if (isAtTime(expression, new Date(at))) walked.push(new Date(at).toISOString());
      }
      expect(found(expression.text, from, from + 14 * day)).toEqual(walked);
    }),
    { numRuns: walks, seed },
  );
});

test(`a walk from second to second through an hour meets the same moments (seed ${seed})`, () => {
  fc.assert(
    fc.property(cronExpression(), start, fc.nat({ max: 23 }), (expression, days, hour) => {
      const from = days + hour * 60 * minute;
      const walked: string[] = [];
      for (let at = from; at < from + 60 * minute; at += 1_000) {
        const date = new Date(at);
        if (isAtTime(expression, date) && isOnDate(expression, date)) walked.push(date.toISOString());
      }
      expect(found(expression.text, from, from + 60 * minute)).toEqual(walked);
    }),
    { numRuns: walks, seed },
  );
});

test(`a walk from day to day through four years meets the same dates (seed ${seed})`, () => {
  fc.assert(
    fc.property(cronExpression(), start, (expression, from) => {
      const noon = `0 12 ${expression.dayOfMonth.text} ${expression.month.text} ${expression.weekday.text}`;
      const walked: string[] = [];
      for (let at = from; at < from + 4 * 366 * day; at += day) {
        const date = new Date(at + 720 * minute);
        if (isOnDate(expression, date)) walked.push(date.toISOString());
      }
      expect(found(noon, from, from + 4 * 366 * day)).toEqual(walked);
    }),
    { numRuns: walks, seed },
  );
});
