import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { openTerminal, type Session, withTsx } from "../terminal/tmux.ts";

const root = join(import.meta.dirname, "../..");

/** The clock of all that is pictured. Sunday, eight seconds before a quarter of an hour. */
const env: Readonly<Record<string, string>> = {
  PICTURED_AT: "2026-11-22T17:44:52+01:00",
  TZ: "Europe/Berlin",
  NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, "clock.mjs"))}`,
};

/** A script as it stands on a page. */
export interface Script {
  readonly name: string;
  readonly source: string;
}

/** Puts a script into a folder of its own, which is gone when what is done with it has ended. */
const withScript = async <T>({ name, source }: Script, act: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), "onthedot-picture-"));
  try {
    writeFileSync(join(folder, name), source);
    writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }');
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          module: "nodenext",
          paths: { onthedot: [join(root, "src/index.ts")], "onthedot/*": [join(root, "src/*.ts")] },
        },
      }),
    );
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Starts a script in a real terminal and acts on it: `npx tsx myjobs.ts`. */
export const inTerminal = <T>(script: Script, act: (terminal: Session) => Promise<T>): Promise<T> =>
  withScript(script, async (folder) => {
    const terminal = openTerminal(join(folder, script.name), { columns: 96, rows: 40, env });
    try {
      return await act(terminal);
    } finally {
      terminal.close();
    }
  });

const run = promisify(execFile);

/** What a script writes when it is called with a command: `npx tsx myjobs.ts list`. */
export const written = (script: Script, args: readonly string[]): Promise<string> =>
  withScript(script, async (folder) => {
    const call = [...withTsx, join(folder, script.name), ...args];
    const { stdout } = await run(process.execPath, call, { cwd: folder, env: { ...process.env, ...env } });
    return stdout;
  });

/** What `npx onthedot` writes. */
export const writtenByUs = async (args: readonly string[]): Promise<string> => {
  const call = [...withTsx, join(root, "src/cli/main.ts"), ...args];
  return (await run(process.execPath, call, { env: { ...process.env, ...env } })).stdout;
};

/** What `npx tsx myjobs.ts simulate --days 7 --svg week.svg` draws. */
export const weekOf = (script: Script): Promise<string> =>
  withScript(script, async (folder) => {
    const week = join(folder, "week.svg");
    const call = [...withTsx, join(folder, script.name), "simulate", "--days", "7", "--svg", week];
    await run(process.execPath, call, { cwd: folder, env: { ...process.env, ...env } });
    return readFileSync(week, "utf8");
  });

/** The words of a command that is typed on a page, and whether it is `npx onthedot` or a script's own. */
export const commandOf = ({
  typed = "",
}: {
  readonly typed: string | undefined;
}): { readonly args: readonly string[]; readonly isOurs: boolean } | undefined => {
  const [, ours, theirs] = /^npx (?:onthedot (.+)|tsx \w+\.ts (.+))$/.exec(typed) ?? [];
  const args = (ours ?? theirs)?.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', ""));
  return args && { args, isOurs: ours !== undefined };
};

/** A screen without what differs from machine to machine: how long a task took, and blanks at the ends of lines. */
export const plain = (text: string): string =>
  text
    .replaceAll(/\b\d+ms\b/g, "0ms")
    .replaceAll(/ +$/gm, "")
    .replaceAll(/^\n+|\n+$/g, "");
