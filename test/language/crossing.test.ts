import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { parseWhen } from "../../src/language/language.ts";
import { compile } from "../../src/recurrence/next/compile.ts";
import type { Instant } from "../../src/time/instant.ts";
import { toInstant } from "../../src/time/moment.ts";
import { utc } from "../../src/time/zone.ts";
import { runs, seed } from "../random.ts";
import { chinese, english, type Facts, readSlowly } from "./slow-reader.ts";

const nows = ["2026-03-04T10:15:00Z", "2026-06-20T23:10:00Z"].map((iso) => toInstant(new Date(iso)));

const recurrenceOf = (text: string, now: Instant) => {
  try {
    return parseWhen(text, { now, zone: utc });
  } catch (error) {
    if (error instanceof ScheduleError) return undefined;
    throw error;
  }
};

/** The next five moments; undefined for a phrase that is rejected. */
const nextOf = (text: string, now: Instant): readonly number[] | undefined => {
  const read = recurrenceOf(text, now);
  if (!read) return undefined;
  const trigger = compile(read, { zone: utc, anchor: now });
  const found: number[] = [];
  for (let at = trigger.next(now); at !== null && found.length < 5; at = trigger.next(at)) found.push(at);
  return found;
};

const shown = (moments: readonly number[] | string | undefined) =>
  Array.isArray(moments) ? moments.map((at) => new Date(at).toISOString()) : moments;

/** Weekdays side by side are a list in Chinese (每周一周三), which the slow reader does not know. */
const isList = (clauses: readonly Facts[]) => clauses.every(({ day }) => day?.sort === "weekday");

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
          const slowly = readSlowly(clauses, now);
          const read = nextOf(text, now);
          if (read === undefined || slowly === "unknown") continue;
          expect([text, shown(read)]).toEqual([text, shown(slowly === "rejected" ? [] : slowly)]);
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
    const three = fc.uniqueArray(fc.constantFrom(...free), { minLength: 2, maxLength: 3 });
    fc.assert(
      fc.property(three, (clauses) => {
        const orders = ordersOf(clauses).map((order) => order.join(glue));
        for (const now of nows) {
          const read = orders.flatMap((text) => recurrenceOf(text, now) ?? []);
          for (const one of read) expect(one).toEqual(read[0]);
        }
        for (const text of orders)
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
