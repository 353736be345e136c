import {
  type Benchmark,
  circumstancesLine,
  formatNumber,
  isBare,
  type Results,
  type Row,
  subject,
} from "./results.ts";

/** A benchmark as lines for the screen: ours first, then the platform's own, then the others. */
export const screenTable = ({ title, how, rows }: Benchmark): string => {
  const body = rows.flatMap((row) => [
    `  ${row.what}${verdict(row)}`,
    ...order(row).map((name) => line(row, name)),
  ]);
  return [`\n${title}`, how, "", ...body].join("\n");
};

const order = ({ values }: Row): readonly string[] => {
  const rank = (name: string) => (name.startsWith(subject) ? 0 : isBare(name) ? 1 : 2);
  const size = (name: string) => (typeof values[name] === "number" ? values[name] : Infinity);
  return Object.keys(values).sort((a, b) => rank(a) - rank(b) || size(a) - size(b));
};

const verdict = ({ values, goal, unit }: Row): string => {
  const ours = values[subject];
  if (goal === undefined || typeof ours !== "number") return "";
  return ours <= goal
    ? `   (within the goal of ${formatNumber(goal)} ${unit})`
    : `   (${formatNumber(ours / goal)} x the goal of ${formatNumber(goal)} ${unit})`;
};

const line = ({ values, unit }: Row, name: string): string => {
  const value = values[name]!;
  if (typeof value === "string") return `      ${name.padEnd(26)} ${value}`;
  return `      ${name.padEnd(26)} ${formatNumber(value).padStart(10)} ${unit.padEnd(8)} ${ratio(values, name)}`.trimEnd();
};

const ratio = (values: Row["values"], name: string): string => {
  const [ours, other] = [values[subject], values[name]];
  if (name === subject || typeof ours !== "number" || typeof other !== "number" || ours <= 0 || other <= 0)
    return "";
  const times = other / ours;
  return times >= 1 ? `${formatNumber(times)} x ours` : `ours is ${formatNumber(1 / times)} x`;
};

/** The rows that README.md shows: benchmark, row, and what it is called there. */
const figureRows: readonly (readonly [benchmark: string, what: string, title: string])[] = [
  ["next", "mean in UTC", "the next occurrence, mean of 7 patterns in UTC"],
  ["next", "mean in a zone", "the next occurrence, mean of 5 patterns in a zone"],
  ["next", "mean, with reading the expression", "read an expression and give its first occurrence"],
  ["enumerate", "every minute of 2026, Europe/Amsterdam", "every minute of a year, in a zone"],
  ["enumerate", "weekdays at 09:00 of 2026, Europe/Amsterdam", "weekdays at 09:00 of a year, in a zone"],
  ["enumerate", "weekdays at 09:00, first use of a zone", "the same in a fresh process"],
  ["register", "each of 10,000 jobs", "register, each of 10,000"],
  ["register", "each of 10,000 jobs: heap", "memory, each of 10,000"],
  ["register", "100,000 jobs in all", "register 100,000"],
  ["register", "a process with 100,000 jobs", "a process with 100,000"],
  ["poll", "1,000,000 jobs", "a poll with 1,000,000 jobs, none due"],
  ["fire", "1,000 jobs", "start 1,000 jobs due at once"],
  ["fire", "10,000 jobs", "start 10,000"],
  ["fire", "100,000 jobs", "start 100,000"],
  ["lateness", "half of the starts within", "every second: half of the starts within"],
  ["lateness", "99 % of the starts within", "99 % of the starts within"],
  ["lateness", "a minute of it", "CPU for a minute of that"],
  ["idle", "CPU", "CPU for an idle minute with 1,000 jobs"],
  ["startup", "import", "start-up, over an empty script"],
  ["startup", "import and a job by a chain", "start-up with a chain"],
  ["startup", "import and a job by a phrase", "start-up with a phrase"],
  ["startup", "import and a job in a zone", "start-up with a zone"],
  ["startup", "import under tsx", "start-up under tsx"],
  ["read", "mean of the phrases both read", "read a phrase that chrono-node reads too, mean"],
  ["read", "mean of the recurring phrases", "read a recurring phrase, mean"],
];

/** The table of README.md: ours, the platform's own, the three fastest others, the goal (bold where it is missed). */
export const figuresTable = (results: Results): string => {
  const lines = figureRows.flatMap(([benchmark, what, title]) => {
    const row = results[benchmark]?.rows.find((one) => one.what === what);
    return row ? [`| ${title} | ${ours(row)} | ${bare(row)} | ${others(row)} | ${goal(row)} |`] : [];
  });
  return [
    "| | onthedot | the platform alone | the fastest others | goal |",
    "| --- | --- | --- | --- | --- |",
    ...lines,
    "",
    circumstancesLine(results),
  ].join("\n");
};

const numbers = ({ values }: Row): readonly (readonly [string, number])[] =>
  Object.entries(values)
    .filter((one): one is [string, number] => typeof one[1] === "number")
    .sort(([, a], [, b]) => a - b);

const withUnit = (value: number, { unit }: Row): string =>
  `${formatNumber(value)} ${unit.replace(/ (late|CPU)$/, "")}`;

const ours = (row: Row): string =>
  numbers(row)
    .filter(([name]) => name.startsWith(subject))
    .map(([name, value]) => {
      const variant = name === subject ? "" : ` (${name.slice(subject.length + 2)})`;
      return `${withUnit(value, row)}${variant}`;
    })
    .join(", ");

const bare = (row: Row): string =>
  numbers(row)
    .filter(([name]) => isBare(name))
    .map(([name, value]) => `${withUnit(value, row)} (${name.slice("bare ".length)})`)
    .join(", ");

const others = (row: Row): string =>
  numbers(row)
    .filter(([name]) => !name.startsWith(subject) && !isBare(name))
    .slice(0, 3)
    .map(([name, value]) => `${name} ${formatNumber(value)}`)
    .join(", ");

const goal = (row: Row): string => {
  const value = row.values[subject];
  if (row.goal === undefined || typeof value !== "number") return "";
  return value <= row.goal ? withUnit(row.goal, row) : `**${withUnit(row.goal, row)}**`;
};
