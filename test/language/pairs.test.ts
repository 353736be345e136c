import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { describe as inWords } from "../../src/language/describe.ts";
import { parseWhen } from "../../src/language/language.ts";
import { compile } from "../../src/recurrence/next/compile.ts";
import type { Instant } from "../../src/time/instant.ts";
import { toInstant } from "../../src/time/moment.ts";
import { type Zone, zoneNamed } from "../../src/time/zone.ts";

interface Case {
  readonly family: string;
  /** `pairs.en.txt:12 "every monday"`: where a failure is to be looked up. */
  readonly title: string;
  readonly phrase: string;
  readonly zone: Zone;
  readonly now: Instant;
  /** How the schedule is described, in the language of the phrase. */
  readonly description?: string | undefined;
  /** What the phrase must give, in order; `undefined` where it must be refused. */
  readonly moments: readonly Instant[] | undefined;
}

const instant = (iso: string): Instant => toInstant(new Date(iso));

/** When a rejected phrase is read, unless its line says otherwise. */
const anyTime = "UTC 2026-03-04T10:15:00+00:00";

const setting = (text: string): { zone: Zone; now: Instant } => {
  const found = /^(?:once )?(?<zone>\S+) (?<now>\S+)$/.exec(text)?.groups;
  if (found === undefined) throw new Error(`expected a zone and a moment, got "${text}"`);
  return { zone: zoneNamed(found.zone ?? ""), now: instant(found.now ?? "") };
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
    return { family, title, phrase, ...setting(columns[1] ?? anyTime), moments: undefined };
  }
  const [when, moments] = columns.slice(-2);
  if (when === undefined || moments === undefined || columns.length !== 3) {
    throw new Error(
      `${where}: expected "phrase ⟶ description ⟶ zone now ⟶ moments", got ${JSON.stringify(line)}`,
    );
  }
  const [description] = columns;
  const found = moments === "ended" ? [] : moments.split(" ").map(instant);
  return { family, title, phrase, ...setting(when), description, moments: found };
};

/** The first moments a phrase gives, at most five. */
const firstFive = ({ phrase, zone, now }: Case): readonly Instant[] => {
  const trigger = compile(parseWhen(phrase, { now, zone }), { zone, anchor: now });
  const found: Instant[] = [];
  for (let at = trigger.next(now); at !== null && found.length < 5; at = trigger.next(at)) found.push(at);
  return found;
};

const shown = (moments: readonly Instant[]): readonly string[] =>
  moments.map((moment) => new Date(moment).toISOString());

/** The moments, or that the phrase was refused and why. */
const outcome = (one: Case): { readonly moments: readonly string[] | "refused"; readonly why: string } => {
  try {
    return { moments: shown(firstFive(one)), why: "" };
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    return { moments: "refused", why: error.message };
  }
};

const described = ({ phrase, zone, now }: Case, language: "en" | "zh"): string =>
  inWords(parseWhen(phrase, { now, zone }), { zone, language });

describe.each([
  ["pairs.en.txt", "en"],
  ["pairs.zh.txt", "zh"],
] as const)("%s", (file, language) => {
  const cases = read(file);
  describe.each([...new Set(cases.map(({ family }) => family))])("%s", (family) => {
    for (const one of cases.filter((other) => other.family === family)) {
      test(one.title, () => {
        const { moments, why } = outcome(one);
        expect(moments, `${one.title} ${why}`).toEqual(one.moments ? shown(one.moments) : "refused");
        if (one.description !== undefined) expect(described(one, language)).toBe(one.description);
      });
    }
  });
});
