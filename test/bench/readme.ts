import { isBare, type Results, type Row, subject } from "./results.ts";
import { number } from "./table.ts";

/** The rows that the README shows: benchmark, what it measures, and what the README calls it. */
const shown: readonly (readonly [benchmark: string, what: string, title: string])[] = [
  ["next", "next, mean in UTC", "the next occurrence, mean of 7 patterns in UTC"],
  ["next", "next, mean in a zone", "the next occurrence, mean of 5 patterns in a zone"],
  ["next", "read and first, mean", "read an expression and give its first moment"],
  ["next", "29 February on a Monday", "29 February on a Monday"],
  ["next", "the fifth friday", "the fifth friday of a month"],
  ["next", "a union of 1,000", "the next of 1,000 schedules in one"],
  ["enumerate", "every minute of 2026, Europe/Amsterdam", "every minute of a year, in a zone"],
  ["enumerate", "weekdays at 09:00 of 2026, Europe/Amsterdam", "weekdays at 09:00 of a year, in a zone"],
  ["enumerate", "weekdays at 09:00, a zone never used, first of all", "the same in a fresh process"],
  ["register", "each of 10,000 jobs", "register, each of 10,000"],
  ["register", "each of 10,000 jobs: heap", "memory, each of 10,000"],
  ["register", "100,000 jobs in all", "register 100,000"],
  ["register", "a process with 100,000 jobs", "a process with 100,000"],
  ["poll", "1,000,000 jobs", "a poll with 1,000,000 jobs, none due"],
  ["fire", "1,000 jobs", "1,000 due at once: the last starts late by"],
  ["fire", "10,000 jobs", "10,000 due at once"],
  ["fire", "100,000 jobs", "100,000 due at once"],
  ["lateness", "half of the starts within", "every second: half of the starts within"],
  ["lateness", "99 % of the starts within", "99 % of the starts within"],
  ["lateness", "a minute of it", "CPU for a minute of that"],
  ["idle", "CPU", "ten seconds of 100,000 idle jobs"],
  ["startup", "import", "start-up over an empty script"],
  ["startup", "import, and a job by a phrase", "start-up with a phrase"],
  ["startup", "import, and a job in a zone", "start-up with a zone"],
  ["read", "mean of all", "read a phrase, mean of 11"],
];

/** The figures as a table for the README: ours, ours when precise, the platform's own, the quickest others. */
export const readmeTable = (results: Results): string => {
  const lines = shown.flatMap(([benchmark, what, title]) => {
    const row = results[benchmark]?.rows.find((one) => one.what === what);
    return row ? [`| ${title} | ${ours(row)} | ${bare(row)} | ${others(row)} | ${goal(row)} |`] : [];
  });
  const { date, node, machine } = Object.values(results)[0]!;
  return [
    "| | onthedot | the platform alone | the nearest others | wanted |",
    "| --- | --- | --- | --- | --- |",
    ...lines,
    "",
    `${date}, Node ${node}, ${machine}.`,
  ].join("\n");
};

const numbers = ({ values }: Row): readonly (readonly [string, number])[] =>
  Object.entries(values)
    .filter((one): one is [string, number] => typeof one[1] === "number")
    .sort(([, a], [, b]) => a - b);

const said = (value: number, { unit }: Row): string => `${number(value)} ${unit.replace(/ (late|CPU)$/, "")}`;

const ours = (row: Row): string =>
  numbers(row)
    .filter(([name]) => name.startsWith(subject))
    .map(
      ([name, value]) =>
        `${said(value, row)}${name === subject ? "" : ` (${name.slice(subject.length + 2)})`}`,
    )
    .join(", ");

const bare = (row: Row): string =>
  numbers(row)
    .filter(([name]) => isBare(name))
    .map(([name, value]) => `${said(value, row)} (${name.slice("bare ".length)})`)
    .join(", ");

const others = (row: Row): string =>
  numbers(row)
    .filter(([name]) => !name.startsWith(subject) && !isBare(name))
    .slice(0, 3)
    .map(([name, value]) => `${name} ${number(value)}`)
    .join(", ");

const goal = (row: Row): string => {
  const value = row.values[subject];
  if (row.goal === undefined || typeof value !== "number") return "";
  return value <= row.goal ? said(row.goal, row) : `**${said(row.goal, row)}**`;
};
