import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { type ParseContext, parseWhen } from "../../src/language/language.ts";
import { compile } from "../../src/recurrence/next/compile.ts";
import type { Instant } from "../../src/time/instant.ts";
import { toInstant } from "../../src/time/moment.ts";
import { zoneNamed } from "../../src/time/zone.ts";

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

const contextOf = ({ tz, now }: Example): ParseContext => ({
  zone: zoneNamed(tz),
  now: toInstant(new Date(now)),
});

const momentsOf = (text: string, parseContext: ParseContext, most: number): readonly string[] => {
  const trigger = compile(parseWhen(text, parseContext), {
    zone: parseContext.zone,
    anchor: parseContext.now,
  });
  const found: Instant[] = [];
  for (let at = trigger.next(parseContext.now); at !== null && found.length < most; at = trigger.next(at))
    found.push(at);
  return found.map((at) => new Date(at).toISOString());
};

describe.each(["en", "zh"])("%s", (lang) => {
  const phrases = examples.filter((example) => example.lang === lang);

  test.each(phrases.filter(({ kind }) => kind !== "reject"))("$text", (example) => {
    const wanted = example.next!.map((iso) => new Date(iso).toISOString());
    expect(momentsOf(example.text, contextOf(example), 5)).toEqual(wanted.slice(0, 5));
  });

  test.each(phrases.filter(({ kind }) => kind === "reject"))("refuses $text: $why", (example) => {
    expect(() => parseWhen(example.text, contextOf(example))).toThrow(ScheduleError);
  });
});
