import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { choiceOf, lettersOf, verdictLines } from "../../src/commands/lessons.ts";
import { course, scriptPath, sourceOfLesson } from "../../src/lessons/course.ts";
import { pictureLines } from "../../src/lessons/picture.ts";
import { styleOf } from "../../src/terminal/style.ts";
import { displayWidth } from "../../src/terminal/text.ts";
import { utc } from "../../src/time/zone.ts";
import { PretendTerminal } from "../live/pretend-terminal.ts";
import { call, sequence, testPages } from "./pages.ts";

const root = join(import.meta.dirname, "../..");

testPages("en");

describe.each(course.map((lesson, i) => ({ number: String(i + 1), ...lesson })))(
  "lesson $number, $name",
  ({ number, name }) => {
    test("colour changes nothing in the text", async () => {
      const plain = await call(["lessons", number]);
      vi.stubEnv("NO_COLOR", undefined);
      vi.stubEnv("FORCE_COLOR", "1");
      const coloured = await call(["lessons", number]);
      expect(coloured.raw).toMatch(sequence);
      expect(coloured.printed).toBe(plain.printed);
    });

    test("uses ASCII signs where the terminal has no others", async () => {
      vi.stubEnv("TERM", "linux");
      const { printed } = await call(["lessons", number]);
      const own = sourceOfLesson(name);
      for (const line of printed.split("\n"))
        if (!own.includes(line.trim())) expect(line).toMatch(/^[\x20-\x7e]*$/);
    });

    test("shows the very file that runs", () => {
      const source = sourceOfLesson(name);
      expect(source).toBe(readFileSync(join(root, scriptPath(name)), "utf8"));
      expect(source.trimEnd().split("\n").length).toBeLessThan(40);
      for (const line of source.split("\n")) expect(line.length).toBeLessThanOrEqual(76);
    });

    test("contains no number that its run has not counted", () => {
      const catalogue = readFileSync(join(root, "src/text/lessons.en.ts"), "utf8");
      const own = catalogue.slice(catalogue.indexOf(`\n  ${name}: {`));
      const explained = own.slice(own.indexOf("explained: ["), own.indexOf("asked:"));
      const fixed = explained
        .replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "")
        // What is written in the script itself, and where to read on.
        .replaceAll(/every\(\d+\)|\d\d:\d\d|lesson \d/g, "");
      expect(explained.length).toBeGreaterThan(200);
      expect(fixed).not.toMatch(/\d/);
    });

    test("has one right answer, and a reason for each", async () => {
      const { question } = await course[Number(number) - 1]!.run();
      expect(question.choices.filter(({ isRight }) => isRight)).toHaveLength(1);
      for (const { why } of question.choices) expect(why).toMatch(/^[a-z].*\.$/);
      const style = styleOf(new PretendTerminal(80), { NO_COLOR: "1" });
      for (const choice of question.choices) {
        const verdict = verdictLines(choice, question, style).join(" ").replaceAll(/\s+/g, " ");
        expect(verdict).toContain(choice.why);
        expect(verdict.startsWith(choice.isRight ? " ✔ Right" : " ✖ No")).toBe(true);
      }
    });
  },
);

test("every script is a lesson", () => {
  const scripts = readdirSync(join(root, "src/lessons/scripts")).sort();
  expect(scripts).toEqual(course.map(({ name }) => `${name}.ts`).sort());
});

test("the list, at every width", async () => {
  for (const columns of [60, 80, 120]) {
    const { code, printed } = await call(["lessons"], columns);
    expect(code).toBe(0);
    expect(printed).toMatchSnapshot();
  }
});

test.each([
  [["lessons", "drfit"], 'There is no lesson "drfit". Did you mean drift?'],
  [["lessons", "9"], 'There is no lesson "9".\n  Lessons 1 to 8: loop drift heap'],
  [["lessons", "0"], 'There is no lesson "0".'],
  [["lessons", "\u001b[31mheap"], "\\x1b[31mheap"],
  [
    ["lessons", "2", "3"],
    'unexpected argument "3"; put names and phrases with spaces in quotes\n  usage: npx onthedot lessons',
  ],
  [["lessons", "2", "--answr"], "Did you mean --answer?"],
  [["lessons", "--source"], "missing <number>"],
  [["lesson"], "Did you mean lessons?"],
])("%j is rejected with the reason, exit code 2", async (args, why) => {
  const { code, printed, reported, raw } = await call(args);
  expect([code, printed]).toEqual([2, ""]);
  expect(reported).toContain(why);
  expect(raw).not.toMatch(sequence);
});

test("a lesson is found by name and by number", async () => {
  expect((await call(["lessons", "drift"])).printed).toBe((await call(["lessons", "2"])).printed);
});

test("an answer is a letter or its text, in any case", async () => {
  const { question } = await course[0]!.run();
  expect(lettersOf(question)).toBe("a, b or c");
  expect(choiceOf(" B ", question)?.isRight).toBe(true);
  expect(choiceOf("It starts at the next check", question)?.isRight).toBe(true);
  expect(choiceOf("d", question)).toBeUndefined();
});

test("wide characters in names are aligned", () => {
  const from = new Date("2026-11-23T00:00:00Z");
  const to = new Date("2026-11-23T06:00:00Z");
  const lines = pictureLines(
    [{ from, to, zone: utc, lanes: { 给植物浇水: [{ at: from }], tea: [{ at: to }] } }],
    styleOf(new PretendTerminal(60), { NO_COLOR: "1" }),
  );
  expect(lines.slice(0, 2).map(displayWidth)).toEqual([59, 59]);
  expect(lines[0]).toMatch(/^ {2}给植物浇水 {2}▪·+$/);
  expect(lines[1]).toMatch(/^ {2}tea {9}·+▪$/);
});
