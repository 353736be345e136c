import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ScheduleError } from "../../src/errors.ts";
import { parseEvery, parseOn, parseOnce, parseWhen } from "../../src/language/language.ts";
import { mistake } from "../fluent/builders.ts";
import { runs, seed } from "../random.ts";
import { contextAt } from "./reading.ts";

const parseContext = contextAt("2026-03-04T10:15:00Z", "Europe/London");

/** The part of the text an error points at. */
const pointedAt = (text: string, { start = 0, length = 0 }: ScheduleError): string =>
  text.slice(start, start + length);

describe("what is wrong, where, and what is near", () => {
  test.each([
    ["hello world", "phrase", "hello", undefined],
    ["every weekdya at 9am", "phrase", "weekdya", '"weekday"'],
    ["every tuseday at 9", "phrase", "tuseday", '"tuesday"'],
    ["at 9am tommorow", "phrase", "tommorow", '"tomorrow"'],
    // Nothing is suggested that would be rejected, nor for short words, nor where another thing is meant.
    ["every day at 9am tommorow", "phrase", "tommorow", undefined],
    ["every tun", "phrase", "tun", undefined],
    ["秋天9点", "phrase", "秋", undefined],
    ["中秋节9点", "unsupported", "中秋", undefined],
    ["每天日出", "unsupported", "日出", undefined],
    ["every easter at 9", "unsupported", "easter", undefined],
    ["every day at sunset", "unsupported", "sunset", undefined],
    ["0 9 * * *", "unsupported", "0 9", undefined],
    ["jeden montag um 9 uhr", "unsupported", "jeden", undefined],
    ["every 15th workday", "ambiguous", "every 15th workday", undefined],
    ["every 15 mintues", "phrase", "mintues", '"minutes"'],
    ["every  day   at 9am,  unitl friday", "phrase", "unitl", '"until"'],
    ["every monday in Janury", "phrase", "Janury", '"january"'],
    ["每星欺一上午9点", "phrase", "星欺一", '"星期一"'],
    ["every day at 9:60am", "time-of-day", "9:60am", undefined],
    ["every day at 13pm", "time-of-day", "13pm", undefined],
    ["every day at ２４:30", "time-of-day", "２４:30", undefined],
    ["每天26:00", "time-of-day", "26:00", undefined],
    ["每天上午15点", "contradiction", "上午15点", undefined],
    ["every april 31", "date", "april 31", undefined],
    ["the 33rd of every month", "date", "33rd", undefined],
    ["the 7th sunday of the month", "date", "7th sunday", undefined],
    ["每周九上午10点", "date", "每周九", undefined],
    ["4/7 at 9am", "date", "4/7", undefined],
    ["every zero seconds", "interval", "zero seconds", undefined],
    ["每0分钟", "interval", "0分钟", undefined],
    ["every 1.5 days", "interval", "1.5 days", undefined],
    ["every day at 9am banana time", "zone", "banana time", undefined],
    ["every day at 9am Europe/Pariss", "zone", "Europe/Pariss", '"Europe/Paris"'],
    // A new name of a zone whose old one the runtime lists.
    ["every day at 9am Asia/Kokata", "zone", "Asia/Kokata", '"Asia/Kolkata"'],
    ["every day at 9am CST", "zone", "CST", undefined],
    ["every few hours", "vague", "few", undefined],
    ["whenever you like", "vague", "whenever", undefined],
    ["around 8pm", "vague", "around", undefined],
    ["每天早上8点左右", "vague", "左", undefined],
    ["every 20 minutes every 2 hours", "contradiction", "every 2 hours", undefined],
    ["every monday except mondays", "never", "every monday except mondays", undefined],
    ["every day at 9 except monday to sunday", "never", "except monday to sunday", undefined],
    ["every 2 hours except weekdays and weekends", "never", "except weekdays and weekends", undefined],
    ["每天9点，周一到周日除外", "never", "周一到周日除外", undefined],
    ["every day at 9am starting 2026-06-05 until june 1 2026", "never", "until june 1 2026", undefined],
    ["every day at 9am until yesterday", "past", "yesterday", undefined],
    ["yesterday at 9", "past", "yesterday", undefined],
    ["last friday at 5", "past", "last friday", undefined],
    ["first monday of every month at 9 and last friday at 5", "contradiction", "last friday", undefined],
  ])("%s", (text, code, pointed, nearest) => {
    const error = mistake(() => parseWhen(text, parseContext));
    expect({ code: error.code, pointed: pointedAt(text, error), nearest: error.nearest }).toEqual({
      code,
      pointed,
      nearest,
    });
  });

  test.each([
    "every",
    "every other",
    "every tuesday and",
    "every evening at",
    "every day at 9am in",
    "每天早上8点到",
    "每",
  ])("%s: ends too early, so the error points behind its last word", (text) => {
    const error = mistake(() => parseWhen(text, parseContext));
    expect([error.code, error.start, error.length]).toEqual(["unfinished", text.length, 0]);
    expect(error.accepted).toMatch(/[\w\u3400-\u9fff]/);
  });

  test("the sentence underlines the place", () => {
    expect(mistake(() => parseWhen("every weekdya at 9am", parseContext)).message).toContain(
      "\n\n  every weekdya at 9am\n        ^^^^^^^",
    );
  });

  test("what is put in front of a phrase does not move the place", () => {
    const error = mistake(() => parseEvery("weekdya at 9am", parseContext));
    expect([error.start, error.length, error.given]).toEqual([0, 7, "weekdya at 9am"]);
    const other = mistake(() => parseOn("the 33rd", parseContext));
    expect(pointedAt("the 33rd", other)).toBe("33rd");
  });

  test("places count in the text as it was written", () => {
    const text = "  Ｅvery　ＷＥＥＫＤＹＡ  at 9am";
    expect(
      pointedAt(
        text,
        mistake(() => parseWhen(text, parseContext)),
      ),
    ).toBe("ＷＥＥＫＤＹＡ");
  });
});

describe("phrases with two readings are refused with both", () => {
  test.each([
    ["every 2nd tuesday", '"every other tuesday" or "the 2nd tuesday of every month"'],
    ["every third friday at 9am", '"every 3 weeks on friday" or "the 3rd friday of every month"'],
    ["biweekly", '"every 2 weeks" or "every monday and thursday"'],
    ["bimonthly", '"every 2 months" or "the 1st and 15th of every month"'],
    ["twice a day", '"every 12 hours" or "every day at 9am and 9pm"'],
    ["three times a week", '"every monday, wednesday and friday"'],
    ["每天两次", "“每12小时”或“每天9点和21点”"],
    [
      "mondays at 9 and fridays at 10 until june 1",
      '"(mondays at 9 and fridays at 10) until june 1" or "mondays at 9 and (fridays at 10 until june 1)"',
    ],
    ["every hour from 9 to 5", '"09:00 to 17:00" or "09:00 to 05:00, past midnight"'],
    ["every day at 9am and 5", '"05:00" or "17:00"'],
    ["every month on monday", '"on the first such day of the month" or "on every such day of the month"'],
    ["first monday at 9am", '"of every month" or "of this month"'],
  ])("%s", (text, readings) => {
    const error = mistake(() => parseWhen(text, parseContext));
    expect([error.code, error.accepted]).toEqual(["ambiguous", readings]);
  });
});

test.each([
  ["once", "every day at 9", "recurring"],
  ["once", "每天9点", "recurring"],
  ["once", "tomorrow at 9 and 10", "ambiguous"],
  ["every", "on tuesday at 8am", "once"],
] as const)("%s(%j) is rejected: %s", (entry, text, code) => {
  const parse = entry === "once" ? parseOnce : parseEvery;
  expect(mistake(() => parse(text, parseContext)).code).toBe(code);
});

test.each(["", "   ", ".", "every day ".repeat(40), undefined, null, 5, {}, ["every day"]])(
  "no phrase at all: %j",
  (given) => {
    expect(mistake(() => parseWhen(given as string, parseContext)).code).toBe("phrase");
  },
);

describe("an error about a phrase is in the language of the phrase", () => {
  test.each([
    "每天早上8点到",
    "每天两次",
    "每周五天早上8点",
    "每天25点",
    "每月32号",
    "大概8点",
    "周一8点吃饭",
    "提醒我每天9点喝水",
    "每年6月31日",
    "上午15点",
    "每天9点直到昨天",
    "明天9点共0次",
    "每年5月",
    "3月的周一9点",
    "每小时每天8点",
    "每天八点以及每周一直到6月1日",
    "每月第六个星期一",
  ])("%s", (text) => {
    const { accepted, message } = mistake(() => parseWhen(text, parseContext));
    expect(accepted).toMatch(/[\u3400-\u9fff]/);
    expect(message.replace(".do(…)", "")).not.toMatch(/[a-z]{2}/i);
  });

  test("also for once(…) and every(…), whose names stay", () => {
    expect(mistake(() => parseOnce("每天9点", parseContext)).message).toMatch(/重复的时间用/);
    expect(mistake(() => parseEvery("在明天9点", parseContext)).message).toMatch(/重复的时间/);
  });

  test("English phrases get English", () => {
    expect(mistake(() => parseWhen("every day at 25:00", parseContext)).message).toMatch(
      /hours from 0 to 23/,
    );
  });
});

/** Phrases of the pair files that are read. */
const phrases = ["en", "zh"].flatMap((language) =>
  readFileSync(new URL(`pairs.${language}.txt`, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line.includes(" ⟶ ") && !line.includes(" ⟶ refused: ") && !line.startsWith("#"))
    .map((line) => line.split(" ⟶ ")[0]!.trim()),
);
/** One letter left out, added, changed, or swapped with the next one. */
const mistyped = fc
  .tuple(fc.constantFrom(...phrases), fc.nat(), fc.nat(3), fc.constantFrom(..."abdeimnorsty每天周月日点"))
  .map(([phrase, place, kind, letter]) => {
    const at = place % phrase.length;
    const [before, here, next, after] = [
      phrase.slice(0, at),
      phrase[at]!,
      phrase[at + 1] ?? "",
      phrase.slice(at + 2),
    ];
    const typed = before + ["", letter + here, letter, next + here][kind]! + (kind < 3 ? next : "") + after;
    return { phrase, typed, isLost: /[\d ]/.test(here) || (kind === 3 && next === " ") };
  });

/** What is read when each suggestion is taken; no reading where none is made. */
const followed = (
  text: string,
  suggestions = 0,
): { readonly read?: unknown; readonly suggestions: number } => {
  try {
    return { read: parseWhen(text, parseContext), suggestions };
  } catch (error) {
    const { nearest, start = 0, length = 0 } = error as ScheduleError;
    if (nearest === undefined && suggestions === 0) return { suggestions };
    if (nearest === undefined) throw error;
    return followed(text.slice(0, start) + JSON.parse(nearest) + text.slice(start + length), suggestions + 1);
  }
};

const typos = Math.max(300, runs(2_000));
test("whatever is suggested for a mistyped phrase is read in its place, and means what the phrase meant", {
  timeout: 100 * typos,
}, () => {
  fc.assert(
    fc.property(mistyped, ({ phrase, typed, isLost }) => {
      const { read, suggestions } = followed(typed);
      const { read: meant } = followed(phrase);
      if (suggestions > 0 && meant !== undefined && !isLost)
        expect(JSON.stringify([typed, read])).toBe(JSON.stringify([typed, meant]));
    }),
    { numRuns: typos, seed },
  );
});
