import { createRequire } from "node:module";
import later from "@breejs/later";
import { CronTime } from "cron";
import { CronExpressionParser } from "cron-parser";
import { Cron } from "croner";
import { createTask } from "node-cron";
import { RecurrenceRule } from "node-schedule";
import { createScheduler } from "onthedot";
import type * as Rrule from "rrule";
import { begin, from, type Pattern } from "./patterns.ts";
import { subject } from "./results.ts";

// Its file for `import` names none of its exports.
const { rrulestr } = createRequire(import.meta.url)("rrule") as typeof Rrule;

/** The first occurrence after a moment, as epoch milliseconds. */
export type Next = (after: number) => number;

/** A package that answers when a cron expression occurs next. */
export interface Peer {
  readonly name: string;
  /** Reads a pattern; undefined if the package has no way to express it. */
  readonly read: (pattern: Pattern) => Next | undefined;
}

type Chain = ReturnType<ReturnType<typeof createScheduler>["cron"]>;

let now = from;
/** The time from which our schedules answer. */
const clock = { now: () => now, monotonic: () => 0, wakeAt: () => () => {}, spinUntil: () => {} };

/** A scheduler whose clock {@link nextOf} sets. */
export const scheduler = (zone: string) => createScheduler({ clock: clock as never, zone });
const schedulers = new Map<string, ReturnType<typeof scheduler>>();

export const nextOf =
  (schedule: Pick<Chain, "next">): Next =>
  (after) => {
    now = after;
    return schedule.next(1)[0]!.getTime();
  };

/** The occurrences of a whole stretch, in as few calls as the package allows. */
export const listOf = (schedule: Pick<Chain, "next">, after: number, count: number): Date[] => {
  now = after;
  return schedule.next(count);
};

export const onthedot: Peer = {
  name: subject,
  read: (pattern) => nextOf(readOurs(pattern)),
};

export const readOurs = ({ cron, zone }: Pattern): Chain => {
  const ours = schedulers.get(zone) ?? scheduler(zone);
  schedulers.set(zone, ours);
  return ours.cron(cron);
};

export const peers: readonly Peer[] = [
  {
    name: "croner",
    read({ cron, zone }) {
      const job = new Cron(cron, { timezone: zone, paused: true });
      return (after) => job.nextRun(new Date(after))!.getTime();
    },
  },
  {
    name: "node-cron",
    read({ cron, zone }) {
      // Its public `getNextRun()` answers from the real now alone, so its own matcher is asked.
      const task = createTask(cron, () => {}, { timezone: zone }) as unknown as {
        readonly timeMatcher: { getNextMatch(from: Date): Date };
      };
      return (after) => task.timeMatcher.getNextMatch(new Date(after)).getTime();
    },
  },
  {
    name: "cron-parser",
    read({ cron, zone }) {
      let last = Number.NaN;
      const expression = CronExpressionParser.parse(cron, { currentDate: new Date(from), tz: zone });
      return (after) => {
        if (after !== last) expression.reset(new Date(after));
        last = expression.next().getTime();
        return last;
      };
    },
  },
  {
    name: "cron",
    read({ cron, zone }) {
      if (cron.includes("L")) return undefined;
      const time = new CronTime(cron, zone);
      return (after) => time.getNextDateFrom(new Date(after), zone).toMillis();
    },
  },
  {
    name: "node-schedule",
    read({ cron, zone }) {
      if (cron.includes("L")) return undefined;
      const fields = cron.split(" ");
      const [second, minute, hour, date, month, dayOfWeek] = fields.length === 6 ? fields : ["0", ...fields];
      const rule = new RecurrenceRule();
      rule.tz = zone;
      Object.assign(rule, {
        second: valuesOf(second!, 60),
        minute: valuesOf(minute!, 60),
        hour: valuesOf(hour!, 24),
        date: valuesOf(date!, 32),
        month: valuesOf(month!, 13)?.map((n) => n - 1) ?? null,
        dayOfWeek: valuesOf(dayOfWeek!, 7),
      });
      return (after) => rule.nextInvocationDate(new Date(after)).getTime();
    },
  },
  {
    name: "later",
    read({ cron, zone }) {
      if (zone !== "UTC") return undefined;
      const schedule = later.schedule(later.parse.cron(cron, cron.split(" ").length === 6));
      // It counts the moment it is asked from as an occurrence.
      return (after) => schedule.next(1, new Date(after + 1_000)).getTime();
    },
  },
  {
    name: "rrule",
    read({ rule }) {
      if (rule === undefined) return undefined;
      const start = new Date(begin).toISOString().replace(/[-:]|\.\d+/g, "");
      const seconds = /SECOND/.test(rule) ? "" : ";BYSECOND=0";
      const set = rrulestr(`DTSTART:${start}\nRRULE:${rule}${seconds}`);
      return (after) => set.after(new Date(after))!.getTime();
    },
  },
];

/** The values of one cron field, or null for any. */
const valuesOf = (field: string, size: number): number[] | null => {
  if (field === "*") return null;
  const values = field.split(",").flatMap((part) => {
    const [range, step = "1"] = part.split("/");
    const [first, last = first] = range === "*" ? ["0", String(size - 1)] : range!.split("-");
    const count = Math.floor((Number(last) - Number(first)) / Number(step)) + 1;
    return Array.from({ length: count }, (_, i) => Number(first) + i * Number(step));
  });
  return [...new Set(values)];
};

/**
 * The packages that give the same occurrences as we do for a pattern, and for each other one the reason why it is left out.
 *
 * @param count how many occurrences are compared
 */
export const comparable = (pattern: Pattern, count: number) => {
  const reference = onthedot.read(pattern)!;
  const able: { readonly peer: Peer; readonly next: Next }[] = [{ peer: onthedot, next: reference }];
  const reasons: Record<string, string> = {};
  for (const peer of peers) {
    const next = readOrUndefined(peer, pattern);
    const reason = next ? difference(next, reference, count) : "cannot express it";
    if (reason === undefined) able.push({ peer, next: next! });
    else reasons[peer.name] = reason;
  }
  return { able, reasons };
};

const readOrUndefined = (peer: Peer, pattern: Pattern): Next | undefined => {
  try {
    return peer.read(pattern);
  } catch {
    return undefined;
  }
};

const difference = (next: Next, reference: Next, count: number): string | undefined => {
  let at = from;
  for (let i = 0; i < count; i++) {
    const expected = reference(at);
    const got = answer(next, at);
    if (got !== expected) {
      const what = typeof got === "number" ? new Date(got).toISOString() : got;
      return `other occurrences: ${what}, not ${new Date(expected).toISOString()}`;
    }
    at = expected;
  }
  return undefined;
};

const answer = (next: Next, at: number): number | string => {
  try {
    return next(at);
  } catch (error) {
    return error instanceof Error ? error.message.split("\n")[0]! : String(error);
  }
};
