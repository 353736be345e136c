import { afterEach, beforeEach, expect, test } from "vitest";
import { answerLines, lessonLines, questionLines } from "../../src/commands/lessons.ts";
import { course } from "../../src/lessons/course.ts";
import { styleOf } from "../../src/terminal/style.ts";
import { displayWidth } from "../../src/terminal/text.ts";
import { useLanguage } from "../../src/text/text.ts";
import { PretendTerminal } from "../live/pretend-terminal.ts";

beforeEach(() => useLanguage("zh"));
afterEach(() => useLanguage("en"));

test.each(course.map((lesson) => lesson.name))("lesson %s in Chinese", async (name) => {
  const lesson = course.find((one) => one.name === name)!;
  const run = await lesson.run();
  const [narrow, usual] = [60, 80].map((columns) => {
    const style = styleOf(new PretendTerminal(columns), { NO_COLOR: "1" });
    const lines = [
      ...lessonLines(lesson, 1, "", run, style),
      ...questionLines(run.question, style),
      ...answerLines(run.question, style),
    ];
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    return lines;
  });
  expect(usual!.join("\n")).toMatchSnapshot();
  // The same text, broken elsewhere.
  const text = (lines: readonly string[]) => lines.slice(-8).join("").replaceAll(/\s/g, "");
  expect(text(narrow!).slice(-60)).toBe(text(usual!).slice(-60));
});
