// A digest of what the jobs of other scripts did since yesterday: how often they succeeded, and what went wrong.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { type Outcome, type RunContext, run, when } from "onthedot";
import { sqlite } from "onthedot/sqlite";

// Change these here, or set them in the environment: DIGEST_SCRIPTS="uptime.ts, ../jobs/mine.ts"
const scripts = process.env.DIGEST_SCRIPTS || ""; // none: those of the list below that lie beside this one and remember
const usual = [
  "backup.ts",
  "changed.ts",
  "downloads.ts",
  "feeds.ts",
  "reminders.ts",
  "uptime.ts",
  "watch-machine.ts",
];
const often = process.env.DIGEST_WHEN || "every day at 8am"; // or 每天早上8点
const hours = Number(process.env.DIGEST_HOURS || 24); // how far it looks back
const channel = process.env.NOTIFY || ""; // an address such as https://ntfy.sh/…; desktop and bell get failures only
const remember = process.env.REMEMBER || ""; // the folder in which the others keep their histories; this one its own, too

if (process.argv.includes("--help")) help();
const isDry = process.argv.includes("--dry-run");

const schedule = when(often).named("digest").timeout("5 minutes");
(channel ? schedule.notify(channel) : schedule).do(digest);
run({ flags: ["--dry-run"], ...(remember && { store: sqlite(join(remember, "digest.db")) }) });

/** Tells of the scripts that can be asked, then fails for the others. */
async function digest({ signal }: RunContext) {
  const asked = scripts === "" ? beside() : scripts.split(/,\s+|\n/).map((path) => resolve(path.trim()));
  if (asked.length === 0) throw new Error("no script beside this one remembers; REMEMBER names their folder");
  const since = Date.now() - hours * 3_600_000;
  const lines = [`Since ${sayMoment(new Date(since))}`];
  const failed: string[] = [];
  for (const path of asked) {
    lines.push("", basename(path));
    try {
      lines.push(...report(await historyOf(path, signal), since));
    } catch (error) {
      if (signal.aborted) throw error;
      lines.push("  could not be asked");
      failed.push(`${basename(path)}: ${reasonOf(error)}`);
    }
  }
  await say(lines.join("\n"), signal);
  if (failed.length > 0) throw new Error(`${failed.length} not asked\n  ${failed.join("\n  ")}`);
}

function beside(): string[] {
  const remembers = (name: string) => remember && existsSync(join(remember, name.replace(/ts$/, "db")));
  return usual.filter(remembers).map((name) => join(dirname(process.argv[1]!), name));
}

interface Run {
  readonly job: string;
  readonly outcome: Outcome;
  readonly scheduled: string;
  readonly started?: string;
  readonly tookMs?: number;
  readonly error?: string;
  readonly count?: number;
}

/** Asks the script itself, which knows where its history is: `history` starts none of its jobs. */
async function historyOf(path: string, signal: AbortSignal): Promise<readonly Run[]> {
  const words = [...process.execArgv, path, "history", "--json", "-n", "10000"];
  const { stdout } = await promisify(execFile)(process.execPath, words, { signal, maxBuffer: 100_000_000 });
  const start = stdout.indexOf('{"zone"'); // behind what the script itself may print
  const { runs } = JSON.parse(start < 0 ? "{}" : stdout.slice(start));
  if (!Array.isArray(runs)) throw new Error("it has no history; does it end with run()?");
  return runs;
}

function report(all: readonly Run[], since: number): string[] {
  if (all.length === 0) return ["  remembers nothing: REMEMBER names a folder, for it and for this one"];
  const recent = all.filter(({ started, scheduled }) => Date.parse(started ?? scheduled) >= since);
  const names = [...new Set(recent.map(({ job }) => job))];
  const width = Math.max(0, ...names.map((name) => name.length));
  if (recent.length === 0) return ["  nothing was due"];
  return names.flatMap((name) => {
    const runs = recent.filter(({ job }) => job === name);
    return [`  ${name.padEnd(width)}   ${summary(runs)}`, ...troubles(runs)];
  });
}

function summary(runs: readonly Run[]): string {
  const good = runs.filter(({ outcome }) => outcome === "succeeded");
  const begun = runs.filter(({ started }) => started !== undefined);
  const passed = runs
    .filter((run) => run.started === undefined)
    .reduce((sum, { count = 1 }) => sum + count, 0);
  const longest = Math.max(...begun.map(({ tookMs = 0 }) => tookMs));
  return [
    begun.length === 0 ? "never started" : `${good.length} of ${begun.length} succeeded`,
    ...(begun.length === 0
      ? []
      : [`longest ${longest < 1_000 ? `${longest} ms` : `${(longest / 1_000).toFixed(1)} s`}`]),
    ...(passed === 0 ? [] : [`${passed} missed or skipped`]),
  ].join(", ");
}

const mostListed = 3;

/** What went wrong, the same in a row once. */
function troubles(runs: readonly Run[]): string[] {
  const bad = runs.filter(({ outcome, started }) => started !== undefined && outcome !== "succeeded");
  const reasons = bad.map(({ outcome, error }) => `${outcome}${error ? `: ${error.split("\n")[0]}` : ""}`);
  const distinct = bad.flatMap((run, i) =>
    reasons[i] === reasons[i - 1] ? [] : [`    ${sayMoment(new Date(run.started!))}  ${reasons[i]}`],
  );
  return [
    ...distinct.slice(-mostListed),
    ...(distinct.length > mostListed ? [`    and ${distinct.length - mostListed} earlier`] : []),
  ];
}

function sayMoment(at: Date): string {
  return at.toLocaleString("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
}

/** The error that the script printed, if it printed one. */
function reasonOf(error: unknown): string {
  const { stderr = "", message } = error as { stderr?: string; message: string };
  const lines = stderr.split("\n").map((line) => line.trim());
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.find(Boolean) ?? message.split("\n")[0]!;
}

/** Prints it, and sends it where that is wanted. */
async function say(text: string, signal: AbortSignal) {
  console.log(text);
  if (isDry || !/^https?:/.test(channel)) return;
  const answer = await fetch(channel, { method: "POST", body: text, signal });
  if (!answer.ok) throw new Error(`${new URL(channel).host} answered ${answer.status}`);
}

function help(): never {
  console.log(`
  Reports once a day what the jobs of other scripts did: it asks each for its history, which starts nothing.
  Scripts keep a history when they are started with REMEMBER set to a folder; start this one with the same folder.

    digest.ts                         every day until Ctrl-C
    digest.ts run digest              now
    digest.ts run digest --dry-run    the same, without sending anything
    digest.ts help                    list, next, simulate and the rest

  Settings, at the top of the file or in the environment:

    DIGEST_SCRIPTS   the scripts, separated by a comma and a space; by default those beside this that keep a history:
                     ${usual.join(", ")}
    DIGEST_WHEN      in English or Chinese: ${often}
    DIGEST_HOURS     how many hours it looks back: ${hours}
    NOTIFY           an address such as https://ntfy.sh/your-topic, to which the digest and failures are sent;
                     desktop and bell get only failures
    REMEMBER         the folder with the histories
`);
  process.exit();
}
