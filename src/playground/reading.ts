import { words } from "../fluent/entry.ts";
import type { HasRecurrence, Registrar } from "../job.ts";
import { describe, type Language } from "../language/describe.ts";
import { compile } from "../recurrence/next/compile.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { type StrangeTime, strangeTimes } from "../simulate/clock-changes.ts";
import type { Instant } from "../time/instant.ts";
import { day } from "../time/plain-time.ts";
import { wallAt, type Zone } from "../time/zone.ts";

/** What the playground shows of a schedule. */
export interface Reading {
  readonly meaning: Readonly<Record<Language, string>>;
  readonly next: readonly Instant[];
  /** How many occurrences each of the next 371 days has, today first; no day is counted beyond a thousand. */
  readonly year: readonly number[];
  /** What the clock changes of the next year do to it. */
  readonly nights: readonly StrangeTime[];
}

/** Reads a phrase, a cron expression or a chain such as `every(2).weeks.on("friday")`. @throws ScheduleError, SyntaxError */
export const readingOf = (text: string, zone: Zone, now: Instant): Reading => {
  const recurrence = recurrenceOf(text.trim(), zone, now);
  const trigger = compile(recurrence, { zone, anchor: now });
  const next: Instant[] = [];
  for (let at = trigger.next(now); at !== null && next.length < 8; at = trigger.next(at)) next.push(at);
  return {
    meaning: {
      en: describe(recurrence, { zone, language: "en" }),
      zh: describe(recurrence, { zone, language: "zh" }),
    },
    next,
    year: perDay(recurrence, zone, now),
    nights: strangeTimes(recurrence, zone, now, (now + 366 * day) as Instant),
  };
};

const perDay = (recurrence: Recurrence, zone: Zone, now: Instant): readonly number[] => {
  const trigger = compile(recurrence, { zone, anchor: now });
  const days = new Array<number>(371).fill(0);
  const today = Math.floor(wallAt(zone, now) / day);
  let at = trigger.next(now);
  while (at !== null) {
    const index = Math.floor(wallAt(zone, at) / day) - today;
    if (index >= days.length) break;
    days[index] = days[index]! + 1;
    // What runs all the time needs no count: on to the next day.
    at = days[index]! < 1_000 ? trigger.next(at) : trigger.next(nextMidnight(zone, at));
  }
  return days;
};

const nextMidnight = (zone: Zone, at: Instant): Instant =>
  (at + day - (((wallAt(zone, at) % day) + day) % day) - 1) as Instant;

const recurrenceOf = (text: string, zone: Zone, now: Instant): Recurrence => {
  const parseContext = { now, zone };
  const registrar: Registrar = {
    unfinished: new Map(),
    parseContext: () => parseContext,
    register: () => {
      throw new SyntaxError(".do(…)");
    },
  };
  const { every, once, on, when, cron } = words(registrar);
  const schedule = /^(?:every|once|on|when|cron)\s*\(/.test(text)
    ? // The page is the reader's own file, and holds nothing but this.
      new Function("every", "once", "on", "when", "cron", `"use strict"; return (${text});`)(
        every,
        once,
        on,
        when,
        cron,
      )
    : /^(?:@\w+|\S+(?:\s+\S+){4,5})$/.test(text) && /^[@*\d]/.test(text) && !/\d(?:am|pm)|:/i.test(text)
      ? cron(text)
      : readWords(text, when, once);
  return (schedule as HasRecurrence).recurrence(parseContext);
};

/** A phrase that repeats, or one moment. The error is that of the first. */
const readWords = (
  text: string,
  when: (text: string) => unknown,
  once: (text: string) => unknown,
): unknown => {
  try {
    return when(text);
  } catch (error) {
    try {
      return once(text);
    } catch {
      throw error;
    }
  }
};
