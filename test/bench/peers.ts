import { createRequire } from "node:module";
import later from "@breejs/later";
import { CronTime } from "cron";
import { CronExpressionParser } from "cron-parser";
import { Cron } from "croner";
import { createTask } from "node-cron";
import { RecurrenceRule } from "node-schedule";
import type * as Rrule from "rrule";
import { parseCron } from "../../src/language/cron.ts";
import { compile } from "../../src/recurrence/compile.ts";
import type { Instant } from "../../src/time/instant.ts";
import { zoneNamed } from "../../src/time/zone.ts";
import { begin, from, type Pattern } from "./patterns.ts";
import { subject } from "./results.ts";

// Its file for `import` names nothing it exports.
const { rrulestr } = createRequire(import.meta.url)("rrule") as typeof Rrule;

/** The first moment after another, as epoch milliseconds. */
export type Next = (after: number) => number;

/** A package that reads a cron expression and answers when next. */
export interface Peer {
  readonly name: string;
  /** Reads a pattern; undefined where the package cannot say it. */
  readonly read: (pattern: Pattern) => Next | undefined;
}

const isUtc = ({ zone }: Pattern): boolean => zone === "UTC";

export const onthedot: Peer = {
  name: subject,
  read({ cron, zone }) {
    const trigger = compile(parseCron(cron), { zone: zoneNamed(zone), anchor: begin as Instant });
    return (after) => trigger.next(after as Instant)!;
  },
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
      // It has no public "from": its own matcher is asked, which takes one.
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
        second: listed(second!, 60),
        minute: listed(minute!, 60),
        hour: listed(hour!, 24),
        date: listed(date!, 32),
        month: listed(month!, 13)?.map((n) => n - 1) ?? null,
        dayOfWeek: listed(dayOfWeek!, 7),
      });
      return (after) => rule.nextInvocationDate(new Date(after)).getTime();
    },
  },
  {
    name: "later",
    read(pattern) {
      if (!isUtc(pattern)) return undefined;
      const schedule = later.schedule(later.parse.cron(pattern.cron, pattern.cron.split(" ").length === 6));
      // It counts a moment that is asked from as one of its own.
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

/** The values of one cron field, or null where it is any. */
const listed = (field: string, size: number): number[] | null => {
  if (field === "*") return null;
  const values = field.split(",").flatMap((part) => {
    const [range, step = "1"] = part.split("/");
    const [first, last = first] = range === "*" ? ["0", String(size - 1)] : range!.split("-");
    const count = Math.floor((Number(last) - Number(first)) / Number(step)) + 1;
    return Array.from({ length: count }, (_, i) => Number(first) + i * Number(step));
  });
  return [...new Set(values)];
};
