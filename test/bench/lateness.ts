import { isQuick, quantile } from "./measure.ts";
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
];
const seconds = isQuick ? 3 : 12;

/** Two at a time: more would wake at one instant on too few processors. */
const found = new Map<string, Found>();
for (let i = 0; i < names.length; i += 2) {
  const pair = names.slice(i, i + 2);
  const seen = await Promise.all(pair.map((name) => play("lateness", [name, seconds])));
  for (const [j, name] of pair.entries()) {
    const one = seen[j];
    if (typeof one === "object") found.set(name, one);
  }
}

/** Milliseconds after the second; what keeps no second is measured against its own beat from its first run on. */
const late = (name: string): number[] => {
  const moments = Object.entries(found.get(name) ?? {}).flatMap(([key, at]) => (key === "cpu" ? [] : [at]));
  const isAnchored = isBare(name) || name !== "toad-scheduler";
  return moments.map((at, i) =>
    isAnchored ? at - Math.round(at / 1_000) * 1_000 : at - moments[0]! - i * 1_000,
  );
};

/** Each second has its run and none has two. */
const isComplete = (name: string): boolean => {
  const seconds = late(name).length;
  const moments = Object.entries(found.get(name)!).flatMap(([key, at]) =>
    key === "cpu" ? [] : [Math.round(at / 1_000)],
  );
  return new Set(moments).size === seconds && Math.max(...moments) - Math.min(...moments) === seconds - 1;
};

const by = (figure: (name: string) => number) =>
  Object.fromEntries(
    [...found.keys()].map((name) => [name, isComplete(name) ? figure(name) : "left out or doubled a second"]),
  );

report({
  title: "How late an every-second job starts",
  how: `${seconds} starts in a process that does nothing else, two contenders at a time, and the CPU that takes in a minute. An interval of toad-scheduler has no second to keep: it is measured against its own beat, from which it drifts.`,
  rows: [
    {
      what: "half of the starts within",
      unit: "ms late",
      values: by((name) => quantile(late(name), 0.5)),
      goal: 1,
    },
    {
      what: "99 % of the starts within",
      unit: "ms late",
      values: by((name) => quantile(late(name), 0.99)),
      goal: 2.5,
    },
    { what: "the earliest", unit: "ms late", values: by((name) => Math.min(...late(name))) },
    { what: "a minute of it", unit: "ms CPU", values: by((name) => found.get(name)!.cpu!) },
  ],
});
