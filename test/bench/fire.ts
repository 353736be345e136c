import { isQuick } from "./measure.ts";
import { report } from "./report.ts";
import type { Row } from "./results.ts";
import { type Found, figure, play, playInTurn } from "./scene.ts";

/** What registering one job takes at most, in milliseconds, and the most jobs a contender is given. */
const contenders: Readonly<Record<string, readonly [number, number]>> = {
  "bare objects, one timer": [0.001, 1e6],
  "bare setTimeout each": [0.003, 1e6],
  onthedot: [0.01, 1e6],
  cron: [0.2, 1e4],
  croner: [1, 1e3],
  later: [0.1, 1e4],
  "node-cron": [0.3, 1e4],
  "node-schedule": [1, 1e3],
};
const sizes = isQuick ? [1, 1e3, 1e4, 1e5] : [1, 1e3, 1e4, 1e5, 1e6];
const goals: Readonly<Record<number, number>> = { 1e4: 25, 1e5: 120 };

/** Gives it more time to register until that is enough. */
const fire = async (name: string, size: number, lead: number): Promise<Found | string> => {
  const found = await play("fire", [name, size, lead]);
  if (typeof found === "string") return found;
  if ("early" in found) return lead > 30_000 ? "registering took over 30 s" : fire(name, size, 2 * lead);
  return found.lost ? `lost ${found.lost}` : found;
};

const rows: Row[] = [];
for (const size of sizes) {
  const able = Object.keys(contenders).filter((name) => contenders[name]![1] >= size);
  const scenes = able.map((name) => ({
    name,
    play: () => fire(name, size, 800 + contenders[name]![0] * size),
  }));
  const found = await playInTurn(scenes, size > 1e5 ? 1 : isQuick ? 1 : 3);
  const out = Object.fromEntries(
    Object.keys(contenders).flatMap((name) =>
      able.includes(name) ? [] : [[name, "registering takes too long"]],
    ),
  );
  rows.push({
    what: size === 1 ? "one job" : `${size.toLocaleString("en")} jobs`,
    unit: "ms late",
    values: { ...figure(found, "late"), ...out },
    goal: goals[size],
  });
}

report({
  title: "Jobs that are due at one instant: how late the last one runs",
  how: "One-off jobs of an empty function, in a process of its own. All must run; a contender that loses some is left out. A million once, else the median of three rounds. toad-scheduler knows lengths alone, no moments.",
  rows,
});
