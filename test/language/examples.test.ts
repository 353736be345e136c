import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { parseWhen } from "../../src/language/language.ts";
import { contextAt, firstFive, isoOf } from "./reading.ts";

interface Example {
  readonly id: string;
  readonly lang: "en" | "zh";
  readonly text: string;
  readonly tz: string;
  readonly now: string;
  readonly kind: "recurring" | "once" | "reject";
  readonly next?: readonly string[];
  readonly why?: string;
}

const examples = JSON.parse(
  readFileSync(new URL("./examples.json", import.meta.url), "utf8"),
) as readonly Example[];

describe.each(["en", "zh"])("%s", (lang) => {
  const phrases = examples.filter((example) => example.lang === lang);

  test.each(phrases.filter(({ kind }) => kind !== "reject"))("$text", (example) => {
    const wanted = example.next!.map((iso) => new Date(iso).toISOString());
    const context = contextAt(example.now, example.tz);
    expect(isoOf(firstFive(parseWhen(example.text, context), context))).toEqual(wanted.slice(0, 5));
  });

  test.each(phrases.filter(({ kind }) => kind === "reject"))("refuses $text: $why", (example) => {
    expect(() => parseWhen(example.text, contextAt(example.now, example.tz))).toThrow(ScheduleError);
  });
});
