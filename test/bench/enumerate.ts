import type { Instant } from "../../src/time/instant.ts";
import { zoneNamed } from "../../src/time/zone.ts";
import { differs } from "./check.ts";
import { isQuick, median, stopwatch } from "./measure.ts";
import type { Pattern } from "./patterns.ts";
import { type Next, onthedot, type Peer, peers } from "./peers.ts";
import { report } from "./report.ts";
import type { Row } from "./results.ts";

const start = Date.UTC(2026, 0, 1) - 1;
const end = Date.UTC(2027, 0, 1);

/** A slow contender is stopped after so many milliseconds, and what is left is reckoned from what it did. */
const patience = isQuick ? 60 : 250;
const rounds = isQuick ? 3 : 5;

/** Lists the moments of a year as dates; the time for the whole year, in milliseconds. */
const list = (next: Next, total: number): number => {
  const found: Date[] = [];
  const stop = performance.now() + patience;
  let at = start;
  const ms = stopwatch(() => {
    for (at = next(at); at < end; at = next(at)) {
      found.push(new Date(at));
      if (found.length % 64 === 0 && performance.now() > stop) break;
    }
  });
  if (at >= end && found.length !== total) throw new Error(`listed ${found.length} moments and not ${total}`);
  return (ms * total) / found.length;
};

const bare: Peer = {
  name: "bare arithmetic",
  read({ cron, zone }) {
    const step = cron.startsWith("*") ? 60_000 : undefined;
    const read = zoneNamed(zone);
    const offset = (at: number) => (zone === "UTC" ? 0 : read.spanAt(at as Instant).offset);
    if (step) return (after) => after + step - ((after + offset(after)) % step);
    return (after) => {
      for (let date = Math.floor((after + offset(after)) / 86_400_000); ; date++) {
        const wall = date * 86_400_000 + 9 * 3_600_000;
        const at = wall - offset(wall - offset(after));
        if (at > after && (date + 3) % 7 < 5) return at;
      }
    };
  },
};

const row = (pattern: Pattern, total: number, goal: number): Row => {
  const reference = onthedot.read(pattern)!;
  const values: Record<string, number | string> = {};
  const able = [bare, onthedot, ...peers].filter((peer) => {
    const next = peer.read(pattern);
    const why = next ? differs(next, reference, Date.UTC(2026, 2, 1), 30) : "cannot say it";
    if (why !== undefined) values[peer.name] = why;
    return why === undefined;
  });
  const taken = new Map(able.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++)
    for (const peer of able) taken.get(peer.name)!.push(list(peer.read(pattern)!, total));
  for (const [name, all] of taken) values[name] = median(all);
  return { what: `${pattern.name}, ${pattern.zone}`, unit: "ms", values, goal };
};

const minutes = { name: "every minute of 2026", cron: "* * * * *" };
const weekdays = { name: "weekdays at 09:00 of 2026", cron: "0 9 * * 1-5" };
const daily = { rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9;BYMINUTE=0" };

// Before the code has run warm and the zone is known: what a script pays that asks once.
const cold = stopwatch(() => list(onthedot.read({ ...weekdays, zone: "America/Santiago" })!, 261));

report({
  title: "A year of occurrences",
  how: `Every moment of 2026 as a Date. A contender that is not done after ${patience} ms is stopped, and the rest is reckoned from what it did.`,
  rows: [
    row({ ...minutes, zone: "UTC", rule: "FREQ=MINUTELY" }, 525_600, 400),
    row({ ...minutes, zone: "Europe/Amsterdam" }, 525_600, 400),
    row({ ...weekdays, zone: "UTC", ...daily }, 261, 1),
    row({ ...weekdays, zone: "Europe/Amsterdam" }, 261, 3),
    { what: "weekdays at 09:00, a zone never used, first of all", unit: "ms", values: { onthedot: cold } },
  ],
});
