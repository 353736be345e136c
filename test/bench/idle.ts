import { isQuick } from "./measure.ts";
import { report } from "./report.ts";
import { type Found, figure, medians, play } from "./scene.ts";

const sizes: Readonly<Record<string, number>> = {
  "bare objects, one timer": 1e5,
  "bare setTimeout each": 1e5,
  onthedot: 1e5,
  "toad-scheduler": 1e5,
  "node-cron": 1e4,
  croner: 1e4,
};
const seconds = isQuick ? 3 : 10;
const rounds = isQuick ? 1 : 3;

/** In every round two at a time: what is measured is CPU, not time. */
const names = Object.keys(sizes);
const seen = new Map<string, (Found | string)[]>(names.map((name) => [name, []]));
for (let round = 0; round < rounds; round++)
  for (let i = 0; i < names.length; i += 2) {
    const pair = names.slice(i, i + 2);
    const both = await Promise.all(pair.map((name) => play("idle", [name, sizes[name]!, seconds], 90_000)));
    for (const [j, name] of pair.entries()) seen.get(name)!.push(both[j]!);
  }
const found = Object.fromEntries(
  [...seen].map(([name, all]) => [
    name,
    all.find((one) => typeof one === "string") ?? medians(all as Found[]),
  ]),
);
const labelled = (key: string) =>
  Object.fromEntries(
    Object.entries(figure(found, key)).map(([name, value]) => [
      sizes[name] === 1e5 ? name : `${name} (10,000)`,
      value,
    ]),
  );

report({
  title: "Ten seconds with 100,000 hourly jobs and nothing to do",
  how: `After two seconds of rest, over ${seconds} seconds; two contenders at a time, ${rounds} rounds.`,
  rows: [
    { what: "CPU", unit: "ms CPU", values: labelled("cpu"), goal: 25 },
    { what: "timers that wake", unit: "wake-ups", values: labelled("wakings"), goal: 1 },
  ],
});
