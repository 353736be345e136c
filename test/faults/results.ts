import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release, type } from "node:os";
import { join } from "node:path";

/** What the long version of one part of an experiment gave the last time. */
export interface Result {
  readonly date: string;
  readonly node: string;
  /** Kernel and processors. */
  readonly machine: string;
  readonly figures: Readonly<Record<string, string | number>>;
}

/** By experiment and part: `"F4 rerun"`, `"F4 control, no claim"`. */
export type Results = Readonly<Record<string, Result>>;

const file = join(import.meta.dirname, "results.json");
const page = join(import.meta.dirname, "README.md");

/** What is done in each experiment. */
const experiments: Readonly<Record<string, string>> = {
  F4: "A script killed with `kill -9` at random moments; jobs of 5 to 50 ms",
  F5: "A power cut at random moments: what was not synced is kept, dropped or torn",
  F6: "The clock set by hours and days, to 2038 and to 2099, and back",
  F7: "A process stopped for a minute (SIGSTOP, SIGCONT)",
  F8: "Three processes on one file",
  F9: "A full disk, a read-only disk",
  F10: "A damaged file",
  F11: "SIGINT and SIGTERM while 0, 1 and 20 jobs run",
  F12: "Nights of clock changes in six zones, compared with a slow walk",
  F14: "A hundred thousand jobs",
  F15: "Three processes on one Redis, one killed each second",
  F16: "Redis killed and started again, with and without its file",
  F17: "All processes down over several occurrences",
  F18: "A process stopped or blocked, a process with a wrong clock, on Redis",
  F26: "All jobs registered again and again by three processes on one Redis",
  F27: "Hourly jobs on Redis while nothing is due",
  F19: "A store of which one transaction in five fails",
  F22: "A store that is deleted, moved, replaced or cut to any length while in use, with and without its log",
  F23: "Two processes on one store, one of them by a link to it",
  F24: "A thread that never looks up, when its script gets a signal",
  F25: "A script that is restarted every minute",
  F21: "A process that is blocked for ten minutes, seen from another container",
  F20: "SIGHUP, SIGINT and SIGTERM while a program runs that ignores SIGTERM",
};

export const loadResults = (): Results => JSON.parse(readFileSync(file, "utf8")) as Results;

/** Keeps the figures of one part, and leaves those of all others as they are: each can be run again alone. */
export const keepResult = (part: string, figures: Readonly<Record<string, unknown>>): void => {
  const result: Result = {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    machine: `${type()} ${release().split("-")[0]}, ${cpus().length} processors`,
    figures: Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [
        name,
        typeof value === "number" ? value : String(value),
      ]),
    ),
  };
  const results = Object.entries({ ...loadResults(), [part]: result }).sort(([a], [b]) => byNumber(a, b));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(results), null, 2)}\n`);
  writePage();
};

const byNumber = (a: string, b: string): number => numberOf(a) - numberOf(b);
const numberOf = (part: string): number => Number(part.slice(1).split(" ")[0]);

/** The page of all results, in Markdown: a section for each experiment, a line for each part of it and for each control. */
export const pageOf = (results: Results): string =>
  [
    intro,
    ...Object.entries(experiments).flatMap(([id, what]) => {
      const parts = Object.entries(results).filter(([part]) => part.split(" ")[0] === id);
      return parts.length === 0 ? [] : [`## ${what}`, linesOf(parts), lastRunOf(parts)];
    }),
  ].join("\n\n");

const intro = `# Fault experiments

Each experiment breaks something on purpose and counts what is lost or doubled. Each has a control: the same faults without our protection,
which must fail, or the experiment proves nothing. \`npm run faults\` repeats all of them and writes this page; it takes about an hour.
\`npm run test:slow\` runs short versions.`;

const linesOf = (parts: readonly (readonly [string, Result])[]): string =>
  [...parts]
    .sort(([a], [b]) => Number(isControl(a)) - Number(isControl(b)))
    .map(([part, { figures }]) => {
      const name = part.replace(/^F\d+ ?(control(, )?)?/, "");
      const title = isControl(part) ? `Control${name && `, ${name}`}` : name;
      return `- ${title && `**${title}**: `}${figuresOf(figures)}`;
    })
    .join("\n");

const isControl = (part: string): boolean => / control\b/.test(part);

/** `"kills 1,000 · lost 0"`. The seed is kept in the file of results, for whoever wants to repeat a run. */
const figuresOf = (figures: Result["figures"]): string =>
  Object.entries(figures)
    .filter(([what]) => what !== "seed")
    .map(([what, value]) => `${what} ${value.toLocaleString("en")}`)
    .join(" · ");

const lastRunOf = (parts: readonly (readonly [string, Result])[]): string =>
  `Last run: ${[...new Set(parts.map(([, { date, node, machine }]) => `${date}, Node ${node}, ${machine}`))].join("; ")}.`;

export const readPage = (): string => readFileSync(page, "utf8");

export const writePage = (): void => writeFileSync(page, `${pageOf(loadResults())}\n`);
