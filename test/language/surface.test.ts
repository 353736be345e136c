import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { meaningOf } from "../../src/language/assemble.ts";
import { english } from "../../src/language/en/clauses.ts";
import { parseEvery, parseOn, parseOnce, parseWhen } from "../../src/language/language.ts";
import type { Patterns, Rule } from "../../src/language/parser.ts";
import { languageOf } from "../../src/language/parser.ts";
import { chinese } from "../../src/language/zh/clauses.ts";
import type { Recurrence } from "../../src/recurrence/recurrence.ts";
import { runs, seed } from "../random.ts";
import { wednesday } from "./reading.ts";

const read = (text: string): Recurrence => parseWhen(text, wednesday);

const texts: readonly { readonly text: string; readonly lang: string; readonly kind: string }[] = JSON.parse(
  readFileSync(new URL("./examples.json", import.meta.url), "utf8"),
);
const understood = texts.filter(({ kind }) => kind !== "reject");
const phrasesIn = (lang: string) => understood.filter((one) => one.lang === lang).map(({ text }) => text);

/** What a text means, or that it is refused. */
const outcome = (text: string): Recurrence | "refused" => {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof ScheduleError) return "refused";
    throw error;
  }
};

describe("the surface does not matter", () => {
  test.each(understood)("$text", ({ text }) => {
    const meant = read(text);
    expect(read(text.toUpperCase())).toEqual(meant);
    expect(read(`  ${text.replaceAll(" ", "   ")}\t`)).toEqual(meant);
    expect(read(`${text}${/[\u4e00-\u9fff]/.test(text) ? "。" : "."}`)).toEqual(meant);
    expect(read(wide(text))).toEqual(meant);
  });

  test("the and a leading on may be left out", () => {
    for (const text of phrasesIn("en").filter((phrase) => /\bthe\b/.test(phrase)))
      expect([text, read(text.replaceAll(/\bthe /g, ""))]).toEqual([text, read(text)]);
    for (const text of phrasesIn("en").filter((phrase) => phrase.startsWith("on ")))
      expect(read(text.slice(3))).toEqual(read(text));
  });

  test("a comma between clauses, an each for every, an @ for at", () => {
    const meant = read("every weekday at 9am until june 1");
    for (const text of [
      "every weekday, at 9am, until june 1",
      "each weekday @ 9am until june 1",
      "every single weekday at 9am till june 1",
      "Every weekday at 9 a.m. until the 1st of June.",
    ])
      expect(read(text)).toEqual(meant);
  });
});

/** Digits and letters in full width. */
const wide = (text: string): string =>
  text.replaceAll(/[!-~]/g, (char) =>
    /[\w:]/.test(char) ? String.fromCharCode(char.charCodeAt(0) + 0xfee0) : char,
  );

const permutations = <T>(of: readonly T[]): readonly (readonly T[])[] =>
  of.length < 2
    ? [of]
    : of.flatMap((one, i) => permutations(of.toSpliced(i, 1)).map((more) => [one, ...more]));

describe("clauses come in any order", () => {
  test.each([
    [["every day", "at 9am", "until june 1", "in Europe/Paris"]],
    [["every 30 minutes", "between 9am and 5pm", "on weekdays", "except december 25"]],
    [["every other monday", "at 9:30", "starting march 19", "10 times"]],
    [["on the 1st of every month", "at 10:00", "except in august"]],
    [["tomorrow", "at 3pm", "Tokyo time"]],
    [["每天", "上午9点", "，直到6月1日"]],
    [["每30分钟", "9点到17点之间", "工作日"]],
  ])("%j", (clauses) => {
    const joiner = clauses.some((clause) => /[\u4e00-\u9fff]/.test(clause)) ? "，" : " ";
    const plain = clauses.map((clause) => clause.replace("，", ""));
    const meant = read(plain.join(joiner));
    for (const order of permutations(plain))
      expect([order, read(order.join(joiner))]).toEqual([order, meant]);
  });
});

describe("builders", () => {
  test.each([
    ["weekday at 9am", "every weekday at 9am"],
    ["5 minutes", "every 5 minutes"],
    ["1st of the month at 10:00", "every 1st of the month at 10:00"],
    ["last friday of the month at 17:00", "every last friday of the month at 17:00"],
    ["other day at noon", "every other day at noon"],
    ["every day at 9", "every day at 9"],
    ["daily at 9", "daily at 9"],
    ["mondays at 9", "mondays at 9"],
    ["每天早上8点", "每天早上8点"],
    ["周一上午9点", "每周一上午9点"],
    ["工作日上午9点", "每个工作日上午9点"],
  ])("every(%j) is %j", (input, whole) => {
    expect(parseEvery(input, wednesday)).toEqual(read(whole));
  });

  test.each([
    ["the 1st of each month", "on the 1st of each month"],
    ["tuesday at 8am", "on tuesday at 8am"],
    ["weekdays at 9am", "on weekdays at 9am"],
    ["every monday", "every monday"],
    ["每月1号", "每月1号"],
  ])("on(%j) is %j", (input, whole) => {
    expect(parseOn(input, wednesday)).toEqual(read(whole));
  });
});

describe("all or nothing", () => {
  const strange = ["xyzzy", "9 9", "please", "tha", "!!", "and", "吗", "到"];

  test.each(understood)("$text, with a strange word behind or before it", ({ text }) => {
    for (const word of strange) {
      expect([word, outcome(`${text} ${word}`)]).toEqual([word, "refused"]);
      if (word !== "and" && word !== "9 9" && word !== "please")
        expect([word, outcome(`${word} ${text}`)]).toEqual([word, "refused"]);
    }
  });

  test.each(understood)("$text, without its last word, is another phrase or none", ({ text }) => {
    const words = text.split(" ");
    const shorter = words.length > 1 ? words.slice(0, -1).join(" ") : text.slice(0, -1);
    const means = outcome(shorter);
    if (means !== "refused")
      expect(outcome(`${shorter} ${words.length > 1 ? words.at(-1) : text.at(-1)}`)).toEqual(read(text));
  });
});

const tries = runs(20_000);

describe("any text gives a meaning or an error of ours that points into it", () => {
  const input = fc.constantFrom(...texts.map(({ text }) => text));
  const word = fc.constantFrom(...english.grammar.spellings.keys(), ...chinese.grammar.spellings.keys());
  const number = fc.integer({ min: 0, max: 99 }).map(String);
  const soup = fc.array(fc.oneof(word, number), { maxLength: 20 }).map((words) => words.join(" "));
  const mutated = fc
    .tuple(input, fc.nat(60), fc.nat(3), fc.oneof(fc.string({ maxLength: 3 }), word))
    .map(([text, at, cut, added]) => text.slice(0, at) + added + text.slice(at + cut));
  const grafted = fc
    .tuple(input, input, fc.nat(40), fc.nat(40))
    .map(([a, b, from, to]) => a.slice(0, from) + b.slice(to));
  const anything = fc.oneof(mutated, grafted, soup, fc.string({ unit: "binary", maxLength: 60 }));

  test.each([
    ["when", parseWhen],
    ["every", parseEvery],
    ["on", parseOn],
  ] as const)("%s", (_name, parse) => {
    fc.assert(
      fc.property(anything, (text) => pointsInside(text, () => parse(text, wednesday))),
      { numRuns: Math.ceil(tries / 3), seed },
    );
  });

  test("once", () => {
    fc.assert(
      fc.property(anything, (text) => pointsInside(text, () => parseOnce(text, wednesday))),
      { numRuns: Math.ceil(tries / 20), seed },
    );
  });

  const pointsInside = (text: string, parse: () => unknown): boolean => {
    try {
      return parse() !== undefined;
    } catch (error) {
      if (!(error instanceof ScheduleError)) throw error;
      const { start = 0, length = 0 } = error;
      return start >= 0 && length >= 0 && start + length <= text.length && error.message.length > 0;
    }
  };
});

describe("the work grows with the length of the text", () => {
  /** English, with a count of what its patterns have read. */
  let count = 0;
  const counted = Object.fromEntries(
    Object.entries(english.patterns).map(([rule, sayings]) => [
      rule,
      sayings.map(({ pattern, read }) => ({
        pattern,
        read: (input: never) => {
          count++;
          return read(input);
        },
      })),
    ]),
  ) as Patterns;
  const counting = languageOf({ ...english, patterns: counted });

  const effort = (text: string): number => {
    count = 0;
    expect(meaningOf(counting.parse(text), counting, wednesday)).toBeDefined();
    return count / text.length;
  };

  const two = (n: number) => String(n).padStart(2, "0");
  const row = <T>(length: number, item: (i: number) => T) => Array.from({ length }, (_, i) => item(i));

  test.each([
    [
      "times",
      (n: number) => `every day at ${row(n, (i) => `${two(i % 24)}:${two(i)}`).join(", ")}`,
      [15, 30],
    ],
    ["days", (n: number) => `on the ${row(n, (i) => `${i + 4}th`).join(" and ")} of every month`, [8, 16]],
    ["schedules", (n: number) => row(n, (i) => `every ${i + 2} days at 9:00`).join(" and "), [5, 10]],
    [
      "exceptions",
      (n: number) => `every day at 9 except ${row(n, (i) => `may ${i + 1}`).join(" and ")}`,
      [9, 18],
    ],
  ] as const)("%s", (_name, text, [half, whole]) => {
    expect(effort(text(whole))).toBeLessThan(1.5 * effort(text(half)));
  });
});

test("no rule begins with itself", () => {
  for (const { grammar } of [english, chinese]) {
    const begins = (rule: Rule, seen: Set<Rule>): boolean =>
      rule.start.rules.some(({ rule: inner }) => {
        if (seen.has(inner)) return inner === [...seen][0];
        return begins(inner, new Set([...seen, inner]));
      });
    for (const [name, rule] of grammar.rules)
      expect([name, begins(rule, new Set([rule]))]).toEqual([name, false]);
  }
});
