import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { describe as inWords } from "../../src/language/describe.ts";
import { type ParseContext, parseWhen } from "../../src/language/language.ts";
import { contextAt, firstFive, isoOf } from "./reading.ts";

interface Case {
  readonly family: string;
  /** `pairs.en.txt:12 "every monday"`: where a failure is to be looked up. */
  readonly title: string;
  readonly phrase: string;
  readonly context: ParseContext;
  /** How the schedule is described, in the language of the phrase. */
  readonly description?: string | undefined;
  /** What the phrase must give, in order; `undefined` where it must be refused. */
  readonly moments: readonly string[] | undefined;
}

/** When a rejected phrase is read, unless its line says otherwise. */
const anyTime = "UTC 2026-03-04T10:15:00+00:00";

const setting = (text: string): ParseContext => {
  const found = /^(?:once )?(?<zone>\S+) (?<now>\S+)$/.exec(text)?.groups;
  if (found === undefined) throw new Error(`expected a zone and a moment, got "${text}"`);
  return contextAt(found.now!, found.zone!);
};

const read = (file: string): readonly Case[] => {
  const cases: Case[] = [];
  let family = file;
  for (const [at, line] of readFileSync(new URL(file, import.meta.url), "utf8")
    .split("\n")
    .entries()) {
    if (line.startsWith("#")) family = line.slice(1).trim();
    else if (line.trim() !== "") cases.push(readCase(line, family, `${file}:${at + 1}`));
  }
  return cases;
};

const readCase = (line: string, family: string, where: string): Case => {
  const [phrase = "", ...columns] = line.split(" ⟶ ");
  const title = `${where} ${JSON.stringify(phrase)}`;
  if (columns[0]?.startsWith("refused: ")) {
    return { family, title, phrase, context: setting(columns[1] ?? anyTime), moments: undefined };
  }
  const [when, moments] = columns.slice(-2);
  if (when === undefined || moments === undefined || columns.length !== 3) {
    throw new Error(
      `${where}: expected "phrase ⟶ description ⟶ zone now ⟶ moments", got ${JSON.stringify(line)}`,
    );
  }
  const [description] = columns;
  const found = moments === "ended" ? [] : isoOf(moments.split(" ").map(Date.parse));
  return { family, title, phrase, context: setting(when), description, moments: found };
};

/** The moments, or that the phrase was refused and why. */
const outcome = ({
  phrase,
  context,
}: Case): { readonly moments: readonly string[] | "refused"; why?: string } => {
  try {
    return { moments: isoOf(firstFive(parseWhen(phrase, context), context)) };
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    return { moments: "refused", why: error.message };
  }
};

describe.each([
  ["pairs.en.txt", "en"],
  ["pairs.zh.txt", "zh"],
] as const)("%s", (file, language) => {
  const cases = read(file);
  describe.each([...new Set(cases.map(({ family }) => family))])("%s", (family) => {
    for (const one of cases.filter((other) => other.family === family)) {
      test(one.title, () => {
        const { moments, why = "" } = outcome(one);
        expect(moments, `${one.title} ${why}`).toEqual(one.moments ?? "refused");
        const { phrase, context, description } = one;
        if (description !== undefined)
          expect(inWords(parseWhen(phrase, context), { zone: context.zone, language })).toBe(description);
      });
    }
  });
});
