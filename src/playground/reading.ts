import { words } from "../fluent/entry.ts";
import type { HasRecurrence, Registrar } from "../job.ts";
import { describe } from "../language/describe.ts";
import { compile } from "../recurrence/next/compile.ts";
import { strangeTimes } from "../simulate/clock-changes.ts";
import type { Instant } from "../time/instant.ts";
import { mod } from "../time/plain-date.ts";
import { day } from "../time/plain-time.ts";
import { wallAt, type Zone } from "../time/zone.ts";

/** What the playground shows of a phrase, a cron expression or a chain such as `every(2).weeks.on("friday")`. @throws ScheduleError, SyntaxError */
export const readingOf = (text: string, zone: Zone, now: Instant) => {
  const recurrence = scheduleOf(text.trim(), zone, now).recurrence();
  const trigger = compile(recurrence, { zone, anchor: now });
  const next: Instant[] = [];
  for (let at = trigger.next(now); at !== null && next.length < 8; at = trigger.next(at)) next.push(at);
  // How many occurrences each of the next 371 days has, today first.
  const year = new Array<number>(371).fill(0);
  const dayOf = (at: Instant) => Math.floor(wallAt(zone, at) / day) - Math.floor(wallAt(zone, now) / day);
  for (let at = trigger.next(now); at !== null && dayOf(at) < year.length; ) {
    const count = year[dayOf(at)]! + 1;
    year[dayOf(at)] = count;
    // What runs all the time needs no count: on to the next day.
    at = trigger.next(count < 1_000 ? at : ((at + day - mod(wallAt(zone, at), day) - 1) as Instant));
  }
  return {
    meaning: {
      en: describe(recurrence, { zone, language: "en" }),
      zh: describe(recurrence, { zone, language: "zh" }),
    },
    next,
    year,
    /** What the clock changes of the next year do to it. */
    nights: strangeTimes(recurrence, zone, now, (now + 366 * day) as Instant),
  };
};

const scheduleOf = (text: string, zone: Zone, now: Instant): HasRecurrence => {
  const registrar: Registrar = {
    unfinished: new Map(),
    parseContext: () => ({ now, zone }),
    register: () => {
      throw new SyntaxError(".do(…)");
    },
  };
  const { every, once, on, when, cron } = words(registrar);
  if (/^(?:every|once|on|when|cron)\s*\(/.test(text)) {
    // The page is the reader's own file, and holds nothing but this.
    const chain = new Function("every", "once", "on", "when", "cron", `"use strict"; return (${text});`);
    return chain(every, once, on, when, cron);
  }
  if (/^(?:@\w+|[*\d]\S*(?:\s+\S+){4,5})$/.test(text) && !/\d(?:am|pm)|:/i.test(text)) return cron(text);
  // A phrase that repeats, or one moment. The error is that of the first.
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
