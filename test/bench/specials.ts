import { parseCron } from "../../src/language/cron.ts";
import { parseWhen } from "../../src/language/phrase.ts";
import { bounded, calendar, except, timeList, union } from "../../src/recurrence/combine.ts";
import { compile } from "../../src/recurrence/compile.ts";
import type { Recurrence } from "../../src/recurrence/recurrence.ts";
import type { Instant } from "../../src/time/instant.ts";
import { hour, minute } from "../../src/time/plain-time.ts";
import { utc } from "../../src/time/zone.ts";
import { from } from "./patterns.ts";
import { type Next, peers } from "./peers.ts";

/** A question, and how those ask it who can. */
export interface Special {
  readonly name: string;
  readonly next: Next;
  readonly goal: number;
  readonly others?: Readonly<Record<string, () => Next>>;
}

/** Questions that are easy to ask and hard to answer. */
export const specials = (): readonly Special[] => [
  {
    name: "29 February on a Monday",
    next: nextOf(leapMonday),
    goal: 100,
    others: {
      croner: () => cronerNext("0 9 29 2 +1"),
      "node-cron": () => nodeCronNext("0 9 29 2 1"),
      rrule: () => rruleNext("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;BYHOUR=9;BYMINUTE=0;BYSECOND=0"),
    },
  },
  {
    name: "the fifth friday",
    next: nextOf(said("fifth friday of the month at 9am")),
    goal: 5,
    others: {
      croner: () => cronerNext("0 9 * * 5#5"),
      "node-cron": () => nodeCronNext("0 9 * * 5#5"),
      "cron-parser": () => cronParserNext("0 9 * * 5#5"),
      rrule: () => rruleNext("FREQ=MONTHLY;BYDAY=+5FR;BYHOUR=9;BYMINUTE=0;BYSECOND=0"),
    },
  },
  {
    name: "every 7 seconds from 09:00 to 09:01 on the last workday",
    next: nextOf(said("every 7 seconds between 09:00 and 09:01 on the last workday of the month")),
    goal: 5,
  },
  { name: "every minute, but for all days except one of a year", next: nextOf(nearlyNothing), goal: 1_000 },
  { name: "a union of 1,000", next: nextOf(thousand), goal: 10 },
  {
    name: "the first 1,000 of every minute",
    next: nextOf(bounded(parseCron("* * * * *"), { times: 1_000 })),
    goal: 5,
  },
];

const readBy =
  (name: string, key: "cron" | "rule") =>
  (said: string): Next =>
    peers.find((peer) => peer.name === name)!.read({ name: said, zone: "UTC", cron: "", [key]: said })!;
const cronerNext = readBy("croner", "cron");
const nodeCronNext = readBy("node-cron", "cron");
const cronParserNext = readBy("cron-parser", "cron");
const rruleNext = readBy("rrule", "rule");

const nextOf = (recurrence: Recurrence): Next => {
  const trigger = compile(recurrence, { zone: utc, anchor: (from - 1) as Instant });
  return (after) => trigger.next(after as Instant) ?? Infinity;
};

const said = (phrase: string): Recurrence => parseWhen(phrase, { now: from as Instant, zone: utc });

const leapMonday = calendar({
  dates: { weekdays: [1], days: [{ kind: "annual", month: 2, day: 29 }] },
  times: timeList([9 * hour]),
});

const nearlyNothing = except(
  parseCron("* * * * *"),
  { kind: "dates", dates: { months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] } },
  { kind: "range", from: "2026-12-01", to: "2026-12-30" },
);

/** A thousand daily times, 83 seconds apart. */
const thousand = union(
  ...Array.from({ length: 1_000 }, (_, i) =>
    calendar({
      step: { every: 1 + (i % 3), unit: "day" },
      times: timeList([Math.floor(i * 1.4) * minute + (i % 60) * 1_000]),
    }),
  ),
);
