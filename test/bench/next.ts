import type { Instant } from "../../src/time/instant.ts";
import { zoneNamed } from "../../src/time/zone.ts";
import { differs } from "./check.ts";
import { type Contender, compare, geometricMean } from "./measure.ts";
import { from, type Pattern, patterns } from "./patterns.ts";
import { type Next, onthedot, type Peer, peers } from "./peers.ts";
import { report } from "./report.ts";
import { type Row, subject } from "./results.ts";
import { specials } from "./specials.ts";

/** Answers are chained from `from` on, and begin anew after ten years. */
const end = Date.UTC(2036, 2, 1);

const chained = (next: Next): (() => number) => {
  let at = from;
  return () => {
    at = next(at > end ? from : at);
    return at;
  };
};

/** What the platform needs at least for an answer: a sum in UTC, the offset and a `Date` in a zone. */
const bare = (zone: string): Contender => {
  const read = zoneNamed(zone);
  let at = from;
  return {
    name: "bare arithmetic",
    work: () => {
      at = at > end ? from : at + 60_000;
      return zone === "UTC" ? at : new Date(at + read.spanAt(at as Instant).offset);
    },
  };
};

/** Who can say a pattern and gives the moments that we give; the others with the reason why not. */
const fit = (pattern: Pattern) => {
  const reference = onthedot.read(pattern)!;
  const out: Record<string, string> = {};
  const able: { readonly peer: Peer; readonly next: Next }[] = [{ peer: onthedot, next: reference }];
  for (const peer of peers) {
    const next = peer.read(pattern);
    const why = next ? differs(next, reference, from, 30) : "cannot say it";
    if (why === undefined) able.push({ peer, next: next! });
    else out[peer.name] = why;
  }
  return { able, out };
};

const rows: Row[] = [];
const first: Row[] = [];
for (const pattern of patterns) {
  const { able, out } = fit(pattern);
  const what = `${pattern.name}, ${pattern.zone}`;
  const steady = compare([
    bare(pattern.zone),
    ...able.map(({ peer, next }) => ({ name: peer.name, work: chained(next) })),
  ]);
  rows.push({ what, unit: "µs", values: { ...steady, ...out } });
  const fresh = compare(able.map(({ peer }) => ({ name: peer.name, work: () => peer.read(pattern)!(from) })));
  first.push({ what: `read and first: ${what}`, unit: "µs", values: { ...fresh, ...out } });
}

/** The geometric mean over the patterns that a contender can say. */
const mean = (what: string, of: readonly Row[], goal: number): Row => {
  const names = [...new Set(of.flatMap(({ values }) => Object.keys(values)))];
  const numbers = (name: string) =>
    of.map(({ values }) => values[name]).filter((value): value is number => typeof value === "number");
  return {
    what,
    unit: "µs",
    goal,
    values: Object.fromEntries(
      names.map((name) => [name, numbers(name).length > 0 ? geometricMean(numbers(name)) : "cannot say it"]),
    ),
  };
};
const inUtc = (isIt: boolean) => rows.filter((_, i) => (patterns[i]!.zone === "UTC") === isIt);

const special: Row[] = specials().map(({ name, next, goal, others = {} }) => {
  const values: Record<string, number | string> = {};
  const able = Object.entries(others).flatMap(([peer, read]) => {
    const theirs = read();
    const why = differs(theirs, next, from, 1);
    if (why !== undefined) values[peer] = why;
    return why === undefined ? [{ name: peer, work: chained(theirs) }] : [];
  });
  const measured = compare([{ name: subject, work: chained(next) }, ...able]);
  return { what: name, unit: "µs", goal, values: { ...measured, ...values } };
});

report({
  title: "The next occurrence",
  how: "Asked again and again, each time from the last answer; and read from text and asked once. Contenders that give other moments than ours are left out of a row, and the mean is over the rows that are left.",
  rows: [
    mean("next, mean in UTC", inUtc(true), 0.5),
    mean("next, mean in a zone", inUtc(false), 1),
    mean("read and first, mean", first, 5),
    ...rows,
    ...first,
    ...special,
  ],
});
