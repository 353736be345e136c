import { isDeepStrictEqual } from "node:util";
import { compileFunction } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { assemble } from "../../src/create.ts";
import type { HasRecurrence } from "../../src/job.ts";
import { parseCron } from "../../src/language/cron/parse.ts";
import { toChain } from "../../src/language/export.ts";
import { parseWhen } from "../../src/language/language.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { runs, seed, thorough } from "../random.ts";
import { recurrence as anyRecurrence } from "../recurrence/arbitrary.ts";

const clock = new VirtualClock("1969-11-22T16:40:00Z");
const { schedule, scheduler } = assemble({ clock, zone: "Europe/Berlin" });

/** What a chain says, written as in a script. */
const built = (chain: string) =>
  (
    compileFunction(`return ${chain}`, ["every", "once"])(schedule.every, schedule.once) as HasRecurrence
  ).recurrence();

const phrases: readonly (readonly [phrase: string, chain: string])[] = [
  ["every day at 02:30", 'every().day.at("02:30")'],
  ["every weekday at 9am", 'every().weekday.at("09:00")'],
  ["every friday at 17:00", 'every().friday.at("17:00")'],
  ["mon and thu at 18:30", 'every().week.on("monday", "thursday").at("18:30")'],
  ["every day at 8am, noon and 18:00:30", 'every().day.at("08:00", "12:00", "18:00:30")'],
  ["every 15 minutes", "every(15).minutes"],
  ["every hour", "every().hour"],
  ["every 90 minutes", "every(90).minutes"],
  ["every 15 minutes between 8am and 10pm", 'every(15).minutes.between("08:00", "22:00")'],
  ["the last friday of the month at 17:00", 'every().month.on("last friday").at("17:00")'],
  ["the 1st and 15th of the month at 10:00", 'every().month.on(1, 15).at("10:00")'],
  ["the last day of the month at 10:00", 'every().month.on("last day").at("10:00")'],
  ["every december 25 at 09:00", 'every().year.on("december 25").at("09:00")'],
  ["every day at 02:30 in America/New_York", 'every().day.at("02:30").in("America/New_York")'],
];

test.each(phrases)("%s is %s", (phrase, chain) => {
  const recurrence = parseWhen(phrase, scheduler.parseContext());
  expect(toChain(recurrence)).toBe(chain);
  expect(built(chain)).toEqual(recurrence);
});

test("what a chain cannot say, or only with a moment to count from, is null", () => {
  expect(toChain(parseWhen("every day at noon except sundays", scheduler.parseContext()))).toBeNull();
  expect(toChain(parseWhen("every day at noon until 2027-01-01", scheduler.parseContext()))).toBeNull();
  expect(toChain(parseCron("*/5 9-17 * * *"))).toBeNull();
});

test("minutes of the hour are written as such", () => {
  expect(toChain(parseCron("15,45 * * * *"))).toBe('every().hour.at(":15", ":45")');
});

test("every chain that is written means the recurrence it was written for", () => {
  let written = 0;
  fc.assert(
    fc.property(anyRecurrence(), (recurrence) => {
      const chain = toChain(recurrence);
      if (chain === null) return true;
      written++;
      return isDeepStrictEqual(built(chain), recurrence);
    }),
    { seed, numRuns: runs(3_000) },
  );
  if (thorough >= 1) expect(written).toBeGreaterThan(100);
});
