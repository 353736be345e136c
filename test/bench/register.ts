import { fileURLToPath } from "node:url";
import { cost, isQuick } from "./measure.ts";
import { column, finish, measureInProcess, measureInTurn, processArguments, report } from "./process.ts";
import type { Row } from "./results.ts";
import { contenders } from "./schedulers.ts";

/** In a fresh process: registers hourly jobs. */
const measure = async ([name, count]: readonly string[]): Promise<void> => {
  const size = Number(count);
  const { hourly } = await contenders[name!]!();
  const collect = () => {
    for (let i = 0; i < 3; i++) globalThis.gc!();
  };
  const task = () => {};
  collect();
  const before = process.memoryUsage().heapUsed;
  const ms = cost(() => {
    for (let i = 0; i < size; i++) hourly!(task);
  });
  const rss = process.memoryUsage().rss / 2 ** 20;
  collect();
  const heap = process.memoryUsage().heapUsed - before;
  // Used once more, so that nothing it holds counts as garbage.
  hourly!(task);
  finish({ each: (ms * 1_000) / size, heap: heap / size, rss, all: ms });
};

/** The most jobs each contender is given, and the reason why not more. */
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
const sizes = isQuick ? [1, 1e3] : [1, 1e3, 1e4, 1e5, 1e6];

const compareAll = async (): Promise<void> => {
  const rows: Row[] = [];
  for (const size of sizes) {
    const able = Object.keys(most).filter((name) => most[name]![0] >= size);
    const file = fileURLToPath(import.meta.url);
    const measurements = able.map((name) => [name, () => measureInProcess(file, [name, size])] as const);
    const rounds = isQuick || size > 1e5 ? 1 : 5;
    const measured = await measureInTurn(Object.fromEntries(measurements), rounds);
    const reasons = Object.entries(most).flatMap(([name, [limit, why]]) =>
      limit < size ? [[name, why]] : [],
    );
    const row = (what: string, unit: Row["unit"], figure: string, goal?: number): Row => ({
      what,
      unit,
      goal,
      values: { ...column(measured, figure), ...Object.fromEntries(reasons) },
    });
    const what = size === 1 ? "the first job" : `each of ${size.toLocaleString("en")} jobs`;
    const isTenThousand = size === 1e4;
    rows.push(row(what, "µs", "each", isTenThousand ? 5 : undefined));
    if (size > 1) rows.push(row(`${what}: heap`, "bytes", "heap", isTenThousand ? 600 : undefined));
    if (size === 1e5) {
      rows.push(row("100,000 jobs in all", "ms", "all", 600));
      rows.push(row("a process with 100,000 jobs", "MiB", "rss", 150));
    }
  }
  report({
    title: "Registering hourly jobs",
    how: "Each size in a fresh process; CPU of the main thread. The heap is what remains after collecting garbage, the process what it has taken from the system before that.",
    rows,
  });
};

await (processArguments ? measure(processArguments) : compareAll());
