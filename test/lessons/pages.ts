import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { main } from "../../src/cli/cli.ts";
import { course, sourceOfLesson } from "../../src/lessons/course.ts";
import { displayWidth } from "../../src/terminal/text.ts";
import { type Language, texts, useLanguage } from "../../src/text/text.ts";
import { PretendTerminal } from "../live/pretend-terminal.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
export const sequence = /\x1b/;

beforeEach(() => {
  vi.stubEnv("NO_COLOR", "1");
  vi.stubEnv("FORCE_COLOR", undefined);
  vi.stubEnv("TERM", "xterm");
  onTestFinished(() => void vi.unstubAllEnvs());
});

export const call = async (args: readonly string[], columns = 80) => {
  const [output, errors] = [new PretendTerminal(columns), new PretendTerminal(columns)];
  const code = await main(args, output, errors);
  return { code, printed: output.screen.join("\n"), reported: errors.screen.join("\n"), raw: output.raw };
};

/** What each lesson shows in a language. A script runs once per process, in one language: each has a file of its own. */
export const testPages = (language: Language): void =>
  test.each(course.map(({ name }) => name))(`lesson %s in ${language}`, async (name) => {
    useLanguage(language);
    onTestFinished(() => useLanguage("en"));
    const seen = await call(["lessons", name]);
    expect([seen.code, seen.reported]).toEqual([0, ""]);
    expect(seen.raw).not.toMatch(sequence);
    const shown = scriptOf(name);
    expect(seen.printed).toContain(shown);
    // A Node that runs TypeScript by itself needs no tsx.
    const ofAnyNode = seen.printed.replace(shown, "  …").replace(/\bnode (?=[\w-]+\.mts$)/m, "npx tsx ");
    expect(ofAnyNode).toMatchSnapshot();
    for (const columns of [60, 80, 120]) {
      const { printed } = await call(["lessons", name], columns);
      for (const line of printed.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      const { picture, text } = partsOf(printed);
      expect(text).toBe(partsOf(seen.printed).text);
      if (columns === 60 && language === "en") expect(picture).toMatchSnapshot("picture at 60 columns");
    }
  });

/** A script as a lesson shows it. */
const scriptOf = (name: string): string =>
  sourceOfLesson(name)
    .trimEnd()
    .split("\n")
    .map((line) => (line ? `  ${line}` : ""))
    .join("\n");

/** A lesson's picture, and what stands around it without its spaces: lines break elsewhere at each width. */
const partsOf = (printed: string) => {
  const { ranWhen, why } = texts().lessons;
  const [above = "", rest = ""] = printed.split(`\n  ${ranWhen}\n`);
  const [picture = "", below = ""] = rest.split(`\n  ${why}\n`);
  return { picture, text: `${above}${below}`.replaceAll(/\s/g, "") };
};
