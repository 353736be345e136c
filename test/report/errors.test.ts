import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createScheduler } from "../../src/create.ts";
import { ScheduleError, type ScheduleErrorFacts } from "../../src/errors.ts";
import { errorOfTypo, scheduleErrorLines } from "../../src/report/errors.ts";
import { taskErrorInLine, taskErrorLines } from "../../src/report/failure.ts";
import { styleOf } from "../../src/terminal/style.ts";

const style = (columns: number) => styleOf({ write() {}, columns }, { NO_COLOR: "1" });
const folder = mkdtempSync(join(tmpdir(), "onthedot-mistake-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The lines of a mistake that was made in the only line of a script, at a word in it. */
const shown = (line: string, word: string, facts: ScheduleErrorFacts, columns = 80): readonly string[] => {
  const file = join(folder, "myjobs.ts");
  writeFileSync(file, `${line}\n`);
  const error = new ScheduleError(facts);
  error.stack = `ScheduleError: ${error.message}\n    at ${file}:1:${line.indexOf(word) + 1}`;
  return scheduleErrorLines(error, style(columns));
};

test("a phrase, with the place in it", () => {
  const given = "every weekdya at 9am";
  const facts = { code: "phrase" as const, what: "Phrase", given, nearest: '"weekday"', start: 6, length: 7 };
  expect(shown(`  every("${given}").do(standup);`, "every", facts)).toEqual([
    'ScheduleError: Phrase: got "every weekdya at 9am"',
    "",
    '  myjobs.ts:1   every("every weekdya at 9am").do(standup);',
    '                             ^^^^^^^ did you mean "weekday"?',
    "",
    '  phrases that work: "every weekday at 9am" · "every 15 minutes"',
    '                     "mon and thu at 18:30" · "last day of the month at 17:00"',
    "",
    '  check a phrase: npx onthedot explain "…"',
    "",
    "  phrase: https://github.com/onthedot/onthedot/blob/main/examples/guide/errors.md",
    "",
  ]);
});

test("phrases that are called good are good", () => {
  const [, , , , , first = "", second = ""] = shown('every("every weekdya")', "every", {
    code: "phrase",
    what: "Phrase",
    given: "every weekdya",
    nearest: '"weekday"',
  });
  const phrases = [...`${first}${second}`.matchAll(/"([^"]+)"/g)].map(([, phrase]) => phrase!);
  expect(phrases).toHaveLength(4);
  const { every } = createScheduler();
  for (const phrase of phrases) expect(every(phrase).next(1)).toHaveLength(1);
});

/** What JavaScript itself throws, and what is made of it. */
const slip = (act: () => unknown): ScheduleError | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    return errorOfTypo(error);
  }
};

declare const once: (text: string) => unknown;
declare const daily: () => unknown;
declare const after: (text: string) => unknown;
declare const evry: (count: number) => { readonly minutes: unknown };
declare const unheardOf: (count: number) => unknown;

test("an unknown word, and a word that takes no parentheses, become an error of ours", () => {
  // biome-ignore lint/suspicious/noExplicitAny: what the compiler refuses is what is tried
  const every = createScheduler().every as any;
  const task = () => {};
  expect(slip(() => every(5).minutes().do(task))).toMatchObject({
    code: "word",
    what: ".minutes takes no parentheses",
    nearest: ".minutes",
  });
  expect(slip(() => every().day.att("10:00").do(task))).toMatchObject({
    what: "unknown word .att(…)",
    nearest: ".at(…)",
  });
  expect(slip(() => every().day.at("10:00").nammed("a"))?.nearest).toBe(".named(…)");
  expect(slip(() => every().day.do(task).named("a"))?.accepted).toMatch(/^\.named\(…\) before \.do\(…\): /);
  expect(slip(() => every().day.do(task).do(task))?.accepted).toMatch(/^a new schedule: /);
  expect(slip(() => every().day.do(task).tags("a"))?.nearest).toBe(".tag(…)");
  expect(slip(() => every().day.zzz())?.accepted).toContain(".at .on .between");
});

test("a misspelt word without parentheses is found in the line, and only there", () => {
  // biome-ignore lint/suspicious/noExplicitAny: what the compiler refuses is what is tried
  const every = createScheduler().every as any;
  const task = () => {};
  // biome-ignore lint/suspicious/noExplicitAny: what others have is nothing of ours
  const other = {} as any;
  expect(slip(() => every(5).secnds.do(task))).toMatchObject({
    code: "word",
    what: "unknown word .secnds",
    nearest: ".seconds",
  });
  expect(slip(() => every(5).minuts.do(task))?.nearest).toBe(".minutes");
  expect(slip(() => every().mondey.at("10:00").do(task))?.nearest).toBe(".monday");
  expect(slip(() => other.every.do(task))).toBeUndefined();
  expect(slip(() => other.thing.do(every(5).minutes))).toBeUndefined();
});

test("a word that is called and was never imported names the import, or what to write instead", () => {
  // biome-ignore format: each call in a line of its own
  const calls = [
    () => once("in 5 minutes"),
    () => daily(),
    () => after("5 minutes"),
    () => evry(5).minutes,
    () => unheardOf(5),
  ];
  expect(calls.map((call) => slip(call)?.nearest)).toEqual([
    'import { once } from "onthedot"',
    "every().day",
    'once("in 5 minutes") or .starting(…)',
    "every",
    undefined,
  ]);
});

test("what others throw is left to them", () => {
  // biome-ignore lint/suspicious/noExplicitAny: it has no such member, and that is what is tried
  const other = { on: (_: string) => ({}) as any, array: [] as any };
  expect(slip(() => other.on("x").minutes())).toBeUndefined();
  expect(slip(() => other.array.minutes())).toBeUndefined();
  expect(errorOfTypo(new RangeError("every(...).minutes is not a function"))).toBeUndefined();
  expect(errorOfTypo("every(...).minutes is not a function")).toBeUndefined();
  // As tsx makes of a CommonJS script.
  expect(errorOfTypo(new TypeError("(0 , import_onthedot.after) is not a function"))?.nearest).toContain(
    'once("in 5 minutes")',
  );
  expect(errorOfTypo(new TypeError("(0 , import_onthedot.every)(...).minutes is not a function"))?.code).toBe(
    "word",
  );
});

test("a second start is refused without a line of the script", () => {
  const what =
    "myjobs.ts is already running (pid 4242, since 2026-11-21 09:12) on jobs.db, and its jobs would run twice";
  expect(shown("run({ store });", "run", { code: "already-running", what })).toEqual([
    `  onthedot: ${what}.`,
    "            Stop that one, or start this one with --allow-multiple: then each run starts in one of them.",
    "",
  ]);
});

test("Chinese before the place is as wide as a terminal shows it", () => {
  const facts = {
    code: "phrase" as const,
    what: "Phrase",
    given: "每天早上八店",
    nearest: "点",
    start: 5,
    length: 1,
  };
  expect(shown('every("每天早上八店").do(问候);', "every", facts).slice(2, 4)).toEqual([
    '  myjobs.ts:1   every("每天早上八店").do(问候);',
    "                                 ^^ did you mean 点?",
  ]);
});

test("a number, a word, and a task that was called", () => {
  const marks = (line: string, word: string, facts: ScheduleErrorFacts) => {
    const [, , printed = "", mark = ""] = shown(line, word, facts);
    return printed.slice(mark.indexOf("^"), mark.lastIndexOf("^") + 1);
  };
  expect(marks("every(0).minutes.do(tick)", "every", { code: "interval", what: "every(…)", given: 0 })).toBe(
    "0",
  );
  expect(marks("every().day.until(soon)", "until", { code: "moment", what: "Moment", given: {} })).toBe(
    "until",
  );
  expect(
    marks('every().day.at("x").at("9:00")', 'at("9', { code: "time-of-day", what: "Time", given: "9:00" }),
  ).toBe('"9:00"');
  const called = { code: "not-a-function" as const, what: ".do(…)", given: undefined };
  expect(marks('every().day.do(backup(a, "b"))', "do", called)).toBe('backup(a, "b")');
  expect(shown('every().day.do(backup(a, "b"))', "do", called)).toContain(
    '  write .do(backup, a, "b")   or   .do(() => backup(a, "b"))',
  );
  expect(shown("every().day.do(backup())", "do", called)).toContain(
    "  write .do(backup)   or   .do(() => backup())",
  );
});

test("without a file there are the words of the error", () => {
  const error = new ScheduleError({
    code: "zone",
    what: "Time zone",
    given: "Berln",
    accepted: "a zone",
    nearest: '"Europe/Berlin"',
  });
  error.stack = "";
  expect(scheduleErrorLines(error, style(80))).toEqual([
    'ScheduleError: Time zone: got "Berln"',
    "",
    '  did you mean "Europe/Berlin"?',
    "",
    "  expected a zone",
    "",
    "  zone: https://github.com/onthedot/onthedot/blob/main/examples/guide/errors.md",
    "",
  ]);
});

test("of a failure, the frames of packages and of node are hidden, and its cause is reported", () => {
  const file = join(folder, "jobs.ts");
  writeFileSync(file, "one\n\tshop.find(\x1b[31m)\nthree\n");
  const error = new Error("no\nanswer", { cause: new TypeError("fetch failed") });
  error.stack = `Error: no\nanswer
    at request (/x/node_modules/shop/index.js:1:1)
    at async priceCheck (${file}:2:7)
    at node:internal/process/task_queues:95:5`;
  expect(taskErrorLines(error, style(80)).map((line) => line.replace(file, "jobs.ts"))).toEqual([
    "Error: no",
    "answer",
    "  at priceCheck (jobs.ts:2:7)",
    "",
    "  1 | one",
    "> 2 |   shop.find(\\x1b[31m)",
    "    |        ^",
    "  3 | three",
    "",
    "caused by TypeError: fetch failed",
  ]);
  expect(taskErrorInLine(error).replace(file, "jobs.ts")).toBe("Error: no … at jobs.ts:2");
});

test("anything may be thrown, of any size", () => {
  expect(taskErrorLines("text", style(80))).toEqual(['threw "text"']);
  expect(taskErrorLines(undefined, style(80))).toEqual(["threw undefined"]);
  const huge = new Error(`${"x".repeat(5_000)}\n`.repeat(100));
  const lines = taskErrorLines(huge, style(80));
  expect(lines.length).toBeLessThan(30);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(500);
  const odd = new Error("odd");
  Object.defineProperty(odd, "stack", { value: 5 });
  Object.defineProperty(odd, "message", {
    get: () => {
      throw new Error("no message");
    },
  });
  expect(taskErrorLines(odd, style(80))).toEqual(["an error that cannot be read"]);
});
