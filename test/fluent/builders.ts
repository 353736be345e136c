import { expect } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { words } from "../../src/fluent/entry.ts";
import type { ScheduleBuilders } from "../../src/fluent/types.ts";
import type { Definition, HasRecurrence, Job, Registrar } from "../../src/job.ts";
import { compile } from "../../src/recurrence/next/compile.ts";
import type { Recurrence } from "../../src/recurrence/recurrence.ts";
import { formatMoment, parseMoment } from "../../src/time/iso.ts";
import { zoneNamed } from "../../src/time/zone.ts";

/** The functions that start a schedule, at a moment in a zone; what is registered is only kept. */
export const buildersAt = (now: string, zone = "UTC") => {
  const definitions: Definition[] = [];
  let at = parseMoment(now, zoneNamed(zone));
  const registrar: Registrar = {
    unfinished: new Map(),
    parseContext: () => ({ now: at, zone: zoneNamed(zone) }),
    register(definition) {
      definitions.push(definition);
      return { name: definition.name ?? definition.task.name } as Job;
    },
  };
  return {
    ...words(registrar),
    definitions,
    /** Lets time pass to a moment. */
    passTo: (moment: string) => {
      at = parseMoment(moment, zoneNamed(zone));
    },
    /** The next wall times, in the zone. */
    moments: (builders: HasRecurrence, count: number): string[] =>
      walk(builders.recurrence(), at, zone, count),
  };
};

const walk = (recurrence: Recurrence, now: ReturnType<typeof parseMoment>, name: string, count: number) => {
  const zone = zoneNamed(name);
  const trigger = compile(recurrence, { zone, anchor: now });
  const found: string[] = [];
  for (let next = trigger.next(now); next !== null && found.length < count; next = trigger.next(next))
    found.push(formatMoment(next, zone));
  return found;
};

/** The schedule of a chain as text. */
export const written = (chain: string, { every, on, when, once, cron }: ScheduleBuilders): HasRecurrence =>
  new Function("every", "on", "when", "once", "cron", `return ${chain}`)(every, on, when, once, cron);

/** The same without types, for mistakes that the compiler rejects. */
// biome-ignore lint/suspicious/noExplicitAny: what a program without types writes
export const untyped = (builders: ScheduleBuilders): any => builders;

/** The error that something throws. */
export const mistake = (say: () => unknown): ScheduleError => {
  try {
    say();
  } catch (error) {
    expect(error).toBeInstanceOf(ScheduleError);
    return error as ScheduleError;
  }
  throw new Error(`nothing was thrown by ${say}`);
};
