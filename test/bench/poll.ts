import { compare, isQuick } from "./measure.ts";
import { report } from "./process.ts";
import { type Row, subject } from "./results.ts";
import { contenders } from "./schedulers.ts";

const sizes = isQuick ? [1, 1e3, 1e5] : [1, 1e3, 1e4, 1e5, 1e6];

const rows: Row[] = [];
for (const size of sizes) {
  const { hourly, poll } = await contenders[subject]!();
  const due = Float64Array.from({ length: size }, () => Date.now() + 3_600_000);
  for (let i = 0; i < size; i++) hourly!(() => {});
  // The first one begins to look at all jobs, and how often the others are repeated would be judged by it.
  await poll!();
  const values = compare([
    { name: "bare look at the earliest", work: () => due[0]! <= Date.now() },
    { name: "bare look at each", work: () => due.some((at) => at <= Date.now()) },
    { name: subject, work: poll! },
  ]);
  rows.push({
    what: size === 1 ? "one job" : `${size.toLocaleString("en")} jobs`,
    unit: "µs",
    values,
    goal: 1,
  });
}

report({
  title: "A poll when nothing is due",
  how: "runPending() with hourly jobs; none of the other packages can be polled. (Python's schedule takes 43,000 µs with 100,000 jobs.)",
  rows,
});
