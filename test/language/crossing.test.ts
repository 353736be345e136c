import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { type ParseContext, parseWhen } from "../../src/language/language.ts";
import { runs, seed } from "../random.ts";
import { contextAt, firstFive, isoOf } from "./reading.ts";
import { chinese, english, type Facts, readSlowly } from "./slow-reader.ts";

const nows = ["2026-03-04T10:15:00Z", "2026-06-20T23:10:00Z"].map((now) => contextAt(now, "UTC"));

const recurrenceOf = (text: string, context: ParseContext) => {
  try {
    return parseWhen(text, context);
  } catch (error) {
    if (error instanceof ScheduleError) return undefined;
    throw error;
  }
};

/** Weekdays side by side are a list in Chinese (每周一周三), which the slow reader does not know. */
const isList = (clauses: readonly Facts[]) => clauses.every(({ day }) => day?.sort === "weekday");

/** Clauses of the other kinds, which the slow reader does not know; what some of them say depends on the day. */
const others = {
  en: `in the evening, every morning, Asia/Tokyo time, aligned to the clock, next week, for 3 weeks, 2027-02-03 04:05, counted from the end of the last run,
    tomorrow, at the same time, for the next 3 mondays, only on fridays, in 2027, every quarter, the first workday of the month, every hour on the half hour,
    every 2nd, until friday, starting tomorrow at 9am, hourly, every 2 to 4 hours, once a day, friday, at night, twice, on friday the 13th, in 3 days`,
  zh: `晚上, 每天早上, 东京时间, 与时钟对齐, 下周, 持续3周, 2027年2月3日4点5分, 从上次运行结束算起, 明天, 同一时间, 每季度, 每月第一个工作日, 每小时半点, 直到周五,
    从9点开始, 每2到4小时, 夜里, 3天后, 5号, 最后一天, 第一个星期一`,
};

describe.each([
  ["en", english, " "],
  ["zh", chinese, ""],
] as const)("%s", (language, table, glue) => {
  const names = Object.keys(table);

  test.each(names)(
    "%s, crossed with every other clause in both orders, is read as a slow and simple reader reads it",
    (one) => {
      for (const other of names.filter((name) => name !== one))
        for (const now of nows) {
          const text = one + glue + other;
          const clauses = [table[one]!, table[other]!];
          if (language === "zh" && isList(clauses)) continue;
          const slowly = readSlowly(clauses, now.now);
          const read = recurrenceOf(text, now);
          if (read === undefined || slowly === "unknown") continue;
          const moments = isoOf(firstFive(read, now));
          expect([text, moments]).toEqual([text, isoOf(slowly === "rejected" ? [] : slowly)]);
        }
    },
  );

  test(`any three clauses mean the same in every order in which they are read, and at all times or at none (seed ${seed})`, () => {
    // Days beside an exception belong to it ("except sundays in may"), and "and" may join what stands around it: there the order matters.
    const free = names.filter(
      (name) =>
        !table[name]!.except &&
        !/ and |和/.test(name) &&
        !(language === "zh" && table[name]!.day?.sort === "weekday"),
    );
    const more = others[language].split(/,\s+/);
    const three = fc.uniqueArray(fc.constantFrom(...free, ...more), { minLength: 2, maxLength: 3 });
    fc.assert(
      fc.property(three, (clauses) => {
        const orders = ordersOf(clauses).map((order) => order.join(glue));
        for (const now of nows) {
          const read = orders.flatMap((text) => recurrenceOf(text, now) ?? []);
          // "friday the 13th next week" may be a Friday the 13th, or the 13th on the Friday of next week.
          const moments = read.map((one) => isoOf(firstFive(one, now)));
          for (const those of moments) expect(those).toEqual(moments[0]);
        }
        for (const text of clauses.some((one) => more.includes(one)) ? [] : orders)
          expect([text, recurrenceOf(text, nows[0]!) === undefined]).toEqual([
            text,
            recurrenceOf(text, nows[1]!) === undefined,
          ]);
      }),
      { numRuns: runs(600), seed },
    );
  });
});

const ordersOf = (all: readonly string[]): readonly (readonly string[])[] =>
  all.length < 2
    ? [all]
    : all.flatMap((one, i) => ordersOf(all.toSpliced(i, 1)).map((rest) => [one, ...rest]));
