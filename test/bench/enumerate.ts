import { cost, isQuick, median } from "./measure.ts";
import type { Pattern } from "./patterns.ts";
import { comparable, listOf, type Next, readOurs } from "./peers.ts";
import { report } from "./process.ts";
import { type Row, subject } from "./results.ts";

const start = Date.UTC(2026, 0, 1) - 1;
const end = Date.UTC(2027, 0, 1);
/** A slow contender is stopped after this many milliseconds, and the rest of the year is extrapolated. */
const limit = isQuick ? 60 : 250;
const rounds = isQuick ? 3 : 5;

/** Milliseconds for all occurrences of the year as dates, asked for one by one. */
const oneByOne = (next: Next, total: number): number => {
  const found: Date[] = [];
  const stop = performance.now() + limit;
  let at = start;
  const ms = cost(() => {
    for (at = next(at); at < end; at = next(at)) {
      found.push(new Date(at));
      if (found.length % 64 === 0 && performance.now() > stop) break;
    }
  });
  if (at >= end && found.length !== total) throw new Error(`${found.length} occurrences, expected ${total}`);
  return (ms * total) / found.length;
};

/** The same with our `next(n)`, which gives up to 100,000 at once. */
const ours = (pattern: Pattern, total: number): number => {
  const schedule = readOurs(pattern);
  const found: Date[] = [];
  const ms = cost(() => {
    for (let at = start; found.length < total; at = found.at(-1)!.getTime())
      found.push(...listOf(schedule, at, Math.min(100_000, total - found.length)));
  });
  const next = listOf(schedule, found.at(-1)!.getTime(), 1)[0]!.getTime();
  if (found.at(-1)!.getTime() >= end || next < end)
    throw new Error(`not the ${total} occurrences of the year`);
  return ms;
};

const row = (pattern: Pattern, total: number, goal: number): Row => {
  const { able, reasons } = comparable(pattern, 30);
  const costs = new Map(able.map(({ peer }) => [peer.name, [] as number[]]));
  for (let round = 0; round < rounds; round++)
    for (const { peer, next } of able)
      costs.get(peer.name)!.push(peer.name === subject ? ours(pattern, total) : oneByOne(next, total));
  const values = Object.fromEntries([...costs].map(([name, all]) => [name, median(all)]));
  return { what: `${pattern.name}, ${pattern.zone}`, unit: "ms", goal, values: { ...values, ...reasons } };
};

const minutes = { name: "every minute of 2026", cron: "* * * * *" };
const weekdays = { name: "weekdays at 09:00 of 2026", cron: "0 9 * * 1-5" };
const weekdayRule = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9;BYMINUTE=0";

// First of all, before any code is warm and the zone known: what a script pays that asks once.
const cold = ours({ ...weekdays, zone: "America/Santiago" }, 261);

report({
  title: "A year of occurrences",
  how: `All occurrences of 2026 as dates: schedule.next(n) here, one by one there. A contender that takes longer than ${limit} ms is stopped, and the rest is extrapolated.`,
  rows: [
    row({ ...minutes, zone: "UTC", rule: "FREQ=MINUTELY" }, 525_600, 400),
    row({ ...minutes, zone: "Europe/Amsterdam" }, 525_600, 400),
    row({ ...weekdays, zone: "UTC", rule: weekdayRule }, 261, 1),
    row({ ...weekdays, zone: "Europe/Amsterdam" }, 261, 3),
    { what: "weekdays at 09:00, first use of a zone", unit: "ms", values: { [subject]: cold } },
  ],
});
