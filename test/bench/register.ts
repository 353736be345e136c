import { isQuick } from "./measure.ts";
import { report } from "./report.ts";
import type { Row } from "./results.ts";
import { figure, play, playInTurn } from "./scene.ts";

/** The most jobs each contender is given, and why not more. */
const most: Readonly<Record<string, readonly [number, string]>> = {
  "bare objects, one timer": [1e6, ""],
  "bare setTimeout each": [1e6, ""],
  onthedot: [1e6, ""],
  "toad-scheduler": [1e5, "not tried"],
  later: [1e4, "20 µs and 4 kB a job"],
  "node-cron": [1e4, "0.2 ms a job"],
  croner: [1e4, "80 kB a job"],
  cron: [1e3, "1.3 ms a job"],
  "node-schedule": [1e3, "1.4 ms a job"],
};
const sizes = isQuick ? [1, 1e3, 1e4] : [1, 1e3, 1e4, 1e5, 1e6];

const rows: Row[] = [];
for (const size of sizes) {
  const able = Object.keys(most).filter((name) => most[name]![0] >= size);
  const scenes = able.map((name) => ({ name, play: () => play("register", [name, size]) }));
  const found = await playInTurn(scenes, size > 1e5 ? 1 : isQuick ? 1 : 3);
  const out = Object.fromEntries(
    Object.entries(most).flatMap(([name, [largest, why]]) => (largest < size ? [[name, why]] : [])),
  );
  const what = size === 1 ? "the first job" : `each of ${size.toLocaleString("en")} jobs`;
  rows.push({
    what,
    unit: "µs",
    values: { ...figure(found, "time"), ...out },
    ...(size === 1e4 && { goal: 5 }),
  });
  if (size > 1)
    rows.push({
      what: `${what}: heap`,
      unit: "bytes",
      values: { ...figure(found, "heap"), ...out },
      ...(size === 1e4 && { goal: 600 }),
    });
  if (size === 1e5) {
    rows.push({
      what: "100,000 jobs in all",
      unit: "ms",
      values: { ...figure(found, "all"), ...out },
      goal: 600,
    });
    rows.push({
      what: "a process with 100,000 jobs",
      unit: "MiB",
      values: { ...figure(found, "rss"), ...out },
      goal: 150,
    });
  }
}

report({
  title: "Registering hourly jobs",
  how: "Each size in a process of its own; the heap is what is left after its garbage is collected, the process what it has taken of the machine before that.",
  rows,
});
