import { compare, geometricMean } from "./measure.ts";
import { from, type Pattern, patterns } from "./patterns.ts";
import { comparable, type Next, nextOf, scheduler } from "./peers.ts";
import { report } from "./process.ts";
import { type Row, subject } from "./results.ts";

/** Each question asks for the occurrence after the last answer; after ten years it starts again. */
const chained = (next: Next): (() => number) => {
  const end = Date.UTC(2036, 2, 1);
  let at = from;
  return () => {
    at = next(at > end ? from : at);
    return at;
  };
};

/** The least an answer costs: a sum and a `Date`. */
const bare = { name: "bare arithmetic", work: chained((after) => new Date(after + 60_000).getTime()) };

const next: Row[] = [];
const withReading: Row[] = [];
for (const pattern of patterns) {
  const { able, reasons } = comparable(pattern, 20);
  const what = `${pattern.name}, ${pattern.zone}`;
  const again = compare([bare, ...able.map(({ peer, next }) => ({ name: peer.name, work: chained(next) }))]);
  const first = compare(able.map(({ peer }) => ({ name: peer.name, work: () => peer.read(pattern)!(from) })));
  next.push({ what, unit: "µs", values: { ...again, ...reasons } });
  withReading.push({ what: `${what}, with reading it`, unit: "µs", values: { ...first, ...reasons } });
}

/** Patterns that occur rarely, or that few packages can express. */
const rare: readonly (Pattern & { readonly goal: number })[] = [
  {
    name: "the fifth Friday at 09:00",
    cron: "0 9 * * 5#5",
    zone: "UTC",
    rule: "FREQ=MONTHLY;BYDAY=+5FR;BYHOUR=9;BYMINUTE=0",
    goal: 5,
  },
  { name: "29 February at noon", cron: "0 12 29 2 *", zone: "Europe/Amsterdam", goal: 100 },
];
const rareRows = rare.map((pattern): Row => {
  const { able, reasons } = comparable(pattern, 3);
  const values = compare(able.map(({ peer, next }) => ({ name: peer.name, work: chained(next) })));
  return { what: pattern.name, unit: "µs", goal: pattern.goal, values: { ...values, ...reasons } };
});

/** What no other package can express. */
const { when } = scheduler("UTC");
const ourRows = [
  "friday the 13th at 18:00",
  "every 7 seconds between 09:00 and 09:01 on the last workday of the month",
].map(
  (phrase): Row => ({
    what: phrase,
    unit: "µs",
    goal: 5,
    values: compare([{ name: subject, work: chained(nextOf(when(phrase))) }]),
  }),
);

/** The geometric mean over the patterns for which a contender gives the same occurrences. */
const mean = (what: string, rows: readonly Row[], goal: number): Row => {
  const names = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  const values = names.map((name) => {
    const all = rows.map(({ values }) => values[name]).filter((value) => typeof value === "number");
    return [name, all.length > 0 ? geometricMean(all) : "cannot express any"] as const;
  });
  return { what, unit: "µs", goal, values: Object.fromEntries(values) };
};
const inUtc = (isIt: boolean) => next.filter((_, i) => (patterns[i]!.zone === "UTC") === isIt);

report({
  title: "The next occurrence",
  how: "Public calls: schedule.next(1) here, the peers' own ones there. Each question asks for the occurrence after the last answer; then the same with reading the expression. Contenders that give other occurrences than ours are left out, and a mean is over the rows that remain.",
  rows: [
    mean("mean in UTC", inUtc(true), 0.5),
    mean("mean in a zone", inUtc(false), 1),
    mean("mean, with reading the expression", withReading, 5),
    ...next,
    ...withReading,
    ...rareRows,
    ...ourRows,
  ],
});
