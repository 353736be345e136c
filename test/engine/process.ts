import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withTsx } from "../terminal/tmux.ts";
import type { AtEnd } from "./contract.ts";
import { until } from "./shared.ts";

const root = join(import.meta.dirname, "../..");

/** A script that runs as a process of its own, as users run theirs. */
export interface Process {
  readonly child: ChildProcess;
  /** All that it has written so far, on both streams. */
  output(): string;
  /** Waits until it has written something. */
  says(what: string | RegExp, seconds?: number): Promise<void>;
  /** How often it has written something. */
  count(what: RegExp): number;
  /** Sends a signal. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
}

/** A folder with scripts that import the package as users' do. */
export const scriptFolder = (atEnd: AtEnd, scripts: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), "onthedot-engine-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const paths = {
    onthedot: [join(root, "src/index.ts")],
    "onthedot/bullmq": [join(root, "src/bullmq.ts")],
    "onthedot/sqlite": [join(root, "src/sqlite.ts")],
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { module: "nodenext", paths } }),
  );
  for (const [name, text] of Object.entries(scripts)) writeFileSync(join(folder, name), text);
  return folder;
};

/** Starts a script. What runs still when the test has ended is killed. */
export const startProcess = (
  atEnd: AtEnd,
  folder: string,
  script: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Process => {
  const child = spawn(process.execPath, [...withTsx, script, ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", ...env },
  });
  let written = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      written += text;
    });
  const ended = new Promise<number | string | null>((resolve) =>
    child.once("close", (code, signal) => resolve(code ?? signal)),
  );
  atEnd(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const matches = (what: RegExp) => written.match(new RegExp(what, "g"))?.length ?? 0;
  return {
    child,
    ended,
    output: () => written,
    count: matches,
    kill: (signal) => void child.kill(signal),
    says: (what, seconds = 30) =>
      until(
        () => (typeof what === "string" ? written.includes(what) : what.test(written)),
        seconds,
        () => written,
      ),
  };
};

/** What scripts of a {@link fleet} begin with: `begin` notes that a run has begun, and `work` also its end. */
export const head = `
import { appendFileSync } from "node:fs";
import { clear, every, jobs, once, type RunContext, run, start, stop } from "onthedot";
import { bullmq } from "onthedot/bullmq";
const note = (word: string, { job, scheduled }: RunContext) =>
  appendFileSync("notes", [word, process.env.ME, job.name, scheduled.getTime(), Date.now()].join(" ") + "\\n");
const begin = (context: RunContext) => note("start", context);
const work = (seconds: number) => async (context: RunContext) => {
  note("start", context);
  await new Promise((go) => setTimeout(go, seconds * 1_000));
  note("end", context);
};
const options = process.env.QUEUE ? { engine: bullmq(process.env.REDIS!, { queue: process.env.QUEUE }) } : {};
`;

/** What a run noted, with one write, in a file that Redis does not know. */
export interface Note {
  readonly word: string;
  readonly me: string;
  readonly job: string;
  readonly scheduled: number;
  readonly at: number;
}

let fleets = 0;

/** Scripts on a queue of their own, as processes with names. */
export const fleet = (atEnd: AtEnd, url: string, scripts: Readonly<Record<string, string>>) => {
  const queue = `fleet-${fleets++}`;
  const texts = Object.entries(scripts).map(([name, text]) => [name, `${head}${text}`]);
  const folder = scriptFolder(atEnd, Object.fromEntries(texts));
  const launch = (script: string, me: string, args: readonly string[] = [], env = {}): Process =>
    startProcess(atEnd, folder, script, args, { REDIS: url, QUEUE: queue, ME: me, ...env });
  const file = join(folder, "notes");
  const notes = (word: string, name?: string): readonly Note[] =>
    (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [])
      .map((line) => line.split(" ") as [string, string, string, string, string])
      .map(([word, me, job, scheduled, at]) => ({
        word,
        me,
        job,
        scheduled: Number(scheduled),
        at: Number(at),
      }))
      .filter((note) => note.word === word && (name ?? note.job) === note.job);
  return { queue, launch, notes, starts: (name?: string) => notes("start", name) };
};
