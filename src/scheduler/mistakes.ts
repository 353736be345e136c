import { ScheduleError, show } from "../errors.ts";
import { nameOfTask } from "../fluent/task.ts";
import { describe } from "../recurrence/describe.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { Store } from "../store/store.ts";
import type { Clock } from "../time/clock.ts";
import { utc } from "../time/zone.ts";
import type { Entry } from "./entry.ts";

/** A durable job is found again by its name: it must have one, and no other job may have it. @throws ScheduleError `name-missing`, `name-taken` */
export const checkName = ({ definition, name }: Entry, taken: ReadonlyMap<string, Entry>): void => {
  const isNamed = Boolean(definition.name || nameOfTask(definition.task).trim());
  const other = taken.get(name);
  if (isNamed && !other) return;
  throw new ScheduleError({
    code: isNamed ? "name-taken" : "name-missing",
    what: isNamed
      ? `Two jobs are named ${show(name)}${other ? `, ${other.said} and ${definition.said}` : ""}, and a job is remembered by its name`
      : "A job that is remembered needs a name",
    accepted: `a name of its own, as in .named(${show(isNamed ? `${name} 2` : "backup")})`,
  });
};

/** Checks the names of all jobs before any of them goes to a store. */
export const checkNames = (entries: readonly Entry[]): void => {
  const taken = new Map<string, Entry>();
  for (const entry of entries) {
    checkName(entry, taken);
    taken.set(entry.name, entry);
  }
};

/** @throws ScheduleError `clock` for what tells no time */
export const checkClock = (given: Clock): void => {
  const asked = ["now", "monotonic", "wakeAt", "spinUntil"] as const;
  if (asked.every((word) => typeof given?.[word] === "function")) return;
  throw new ScheduleError({
    code: "clock",
    what: "Clock",
    given,
    accepted: 'a clock, as in createScheduler({ clock: new VirtualClock("2026-03-28T12:00:00Z") })',
  });
};

/** @throws ScheduleError `store` for what is no store, most often the path of one */
export const checkStore = (given: Store): void => {
  if (typeof given?.open === "function" && typeof given.enrol === "function") return;
  throw new ScheduleError({
    code: "store",
    what: "Store",
    given,
    accepted: 'a store, as in run({ store: sqlite("jobs.db") }) with sqlite from "onthedot/sqlite"',
  });
};

/** What `reschedule` was given is no schedule. */
export const notASchedule = (given: unknown): ScheduleError =>
  new ScheduleError({
    code: "schedule",
    what: "reschedule(…)",
    given,
    accepted: "a sentence without do, as in job.reschedule(every(10).minutes)",
  });

/** A schedule without any run. */
export const never = (recurrence: Recurrence): ScheduleError =>
  new ScheduleError({
    code: "never",
    what: "This would never run",
    given: describe(recurrence, { zone: utc }),
    accepted: "a schedule with a moment that is still to come",
  });
