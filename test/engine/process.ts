import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
