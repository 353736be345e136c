import { isQuick, median, quantile } from "./measure.ts";
import { report } from "./report.ts";
import { isBare } from "./results.ts";
import { type Found, play } from "./scene.ts";

const names = [
  "bare setTimeout each",
  "bare setTimeout and spin",
  "onthedot",
  "onthedot, precise",
  "croner",
  "node-cron",
  "cron",
  "node-schedule",
  "toad-scheduler",
  "later",
];
const seconds = isQuick ? 3 : 10;
const rounds = isQuick ? 1 : 3;

/** In every round two at a time: more would wake at one instant on too few processors. */
const found = new Map<string, Found[]>(names.map((name) => [name, []]));
for (let round = 0; round < rounds; round++)
  for (let i = 0; i < names.length; i += 2) {
    const pair = names.slice(i, i + 2);
    const seen = await Promise.all(pair.map((name) => play("lateness", [name, seconds])));
    for (const [j, name] of pair.entries()) {
      const one = seen[j];
      if (typeof one === "object") found.get(name)!.push(one);
    }
  }

const momentsOf = (one: Found): number[] =>
  Object.entries(one).flatMap(([key, at]) => (key === "cpu" ? [] : [at]));

/** Milliseconds after the second; what keeps no second is measured against its own beat from its first run on. */
const late = (name: string, one: Found): number[] => {
  const moments = momentsOf(one);
  const isAnchored = isBare(name) || name !== "toad-scheduler";
  return moments.map((at, i) =>
    isAnchored ? at - Math.round(at / 1_000) * 1_000 : at - moments[0]! - i * 1_000,
  );
};

/** Each second has its run and none has two. */
const isComplete = (one: Found): boolean => {
  const whole = momentsOf(one).map((at) => Math.round(at / 1_000));
  return new Set(whole).size === whole.length && Math.max(...whole) - Math.min(...whole) === whole.length - 1;
};

/** The median of what the rounds give. */
const by = (figure: (lateness: readonly number[], one: Found) => number) =>
  Object.fromEntries(
    [...found].map(([name, all]) => [
      name,
      all.length > 0 && all.every(isComplete)
        ? median(all.map((one) => figure(late(name, one), one)))
        : "left out or doubled a second",
    ]),
  );

report({
  title: "How late an every-second job starts",
  how: `${seconds} starts in a process that does nothing else, two contenders at a time, ${rounds} rounds, and the CPU that takes in a minute. An interval of toad-scheduler has no second to keep: it is measured against its own beat, from which it drifts.`,
  rows: [
    {
      what: "half of the starts within",
      unit: "ms late",
      values: by((late) => quantile(late, 0.5)),
      goal: 1,
    },
    {
      what: "99 % of the starts within",
      unit: "ms late",
      values: by((late) => quantile(late, 0.99)),
      goal: 2.5,
    },
    { what: "the earliest", unit: "ms late", values: by((late) => Math.min(...late)) },
    { what: "a minute of it", unit: "ms CPU", values: by((_, { cpu }) => cpu!) },
  ],
});
