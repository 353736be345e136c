import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A terminal of its own, with a script in it. What is on it is read as a person sees it. */
export interface Session {
  /** The whole scrollback and the screen. */
  read(): string;
  /** The same with the escape sequences that colour it. */
  readPainted(): string;
  /** Waits until the terminal shows something, or gives up and tells what it shows instead. */
  until(what: string | RegExp | ((seen: string) => boolean)): Promise<string>;
  /** Presses keys, named as tmux names them: `"h"`, `"Enter"`, `"C-c"`. */
  press(...keys: string[]): void;
  resize(columns: number, rows: number): void;
  close(): void;
}

const root = join(import.meta.dirname, "../..");

const isThere = (): boolean => spawnSync("tmux", ["-V"]).status === 0;

/** Whether tmux can be had; where it is missing and may be installed, it is. */
export const hasTmux = (): boolean => {
  if (isThere()) return true;
  if (process.getuid?.() === 0) spawnSync("apt-get", ["install", "-y", "-q", "tmux"], { timeout: 120_000 });
  return isThere();
};

const folders: string[] = [];
const clear = () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
};
// Pictures are made outside of a test.
if (process.env.VITEST) (await import("vitest")).afterAll(clear);

/** A script in a folder of its own, that imports the package as a user's script does. */
export const scriptFile = (
  text: string,
  name = "myjobs.ts",
  type: "commonjs" | "module" = "commonjs",
): string => {
  const folder = mkdtempSync(join(tmpdir(), "onthedot-terminal-"));
  folders.push(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type }));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        module: "nodenext",
        paths: {
          onthedot: [join(root, "src/index.ts")],
          "onthedot/sqlite": [join(root, "src/sqlite.ts")],
        },
      },
    }),
  );
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** The arguments with which Node runs a TypeScript file. */
export const withTsx: readonly string[] = ["--import", join(root, "node_modules/tsx/dist/loader.mjs")];

/** What a script did that ran without a terminal. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a script without a terminal, as cron and services do. `when` may send a signal as soon as something is written. */
export const callScript = (
  file: string,
  args: readonly string[] = [],
  {
    env = {},
    when,
  }: {
    readonly env?: Readonly<Record<string, string>>;
    readonly when?: (out: string, kill: (signal: NodeJS.Signals) => void) => void;
  } = {},
): Promise<Ended> =>
  new Promise((resolve) => {
    const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, JOURNAL_STREAM: ____, ...rest } = process.env;
    const child = spawn(process.execPath, [...withTsx, file, ...args], {
      cwd: dirname(file),
      env: { ...rest, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => {
      out += chunk;
      when?.(out, (signal) => child.kill(signal));
    });
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.on("close", (code) => resolve({ code, out, err }));
  });

let opened = 0;

/** Opens a terminal and runs a script in it; the exit code stands below it when it has ended. */
export const openTerminal = (
  file: string,
  {
    columns = 90,
    rows = 40,
    env = {},
  }: { columns?: number; rows?: number; env?: Record<string, string> } = {},
): Session => {
  const socket = `onthedot-${process.pid}-${opened++}`;
  const tmux = (...args: readonly string[]) =>
    execFileSync("tmux", ["-u", "-L", socket, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    });
  const command = [process.execPath, ...withTsx, file].map((word) => `'${word}'`).join(" ");
  const settings = Object.entries({ CI: "", NO_COLOR: "", FORCE_COLOR: "", JOURNAL_STREAM: "", ...env });
  const prefix = settings
    .map(([name, value]) => (value === "" ? `unset ${name};` : `export ${name}='${value}';`))
    .join(" ");
  const folder = join(file, "..");
  tmux(
    "-f",
    "/dev/null",
    "new-session",
    "-d",
    "-x",
    String(columns),
    "-y",
    String(rows),
    `sh -c "trap : INT; ${prefix} cd '${folder}'; ${command}; echo exit code \\$?; sleep 60"`,
  );
  const read = () => tmux("capture-pane", "-p", "-S", "-").replace(/\n+$/, "");
  return {
    read,
    readPainted: () => tmux("capture-pane", "-p", "-e", "-S", "-").replace(/\n+$/, ""),
    async until(what) {
      for (let tries = 0; tries < 400; tries++) {
        const seen = read();
        if (
          typeof what === "function"
            ? what(seen)
            : what instanceof RegExp
              ? what.test(seen)
              : seen.includes(what)
        )
          return seen;
        await new Promise((go) => setTimeout(go, 50));
      }
      throw new Error(`the terminal never showed ${what}, but this:\n${read()}`);
    },
    press: (...keys) => void tmux("send-keys", ...keys),
    resize: (width, height) => void tmux("resize-window", "-x", String(width), "-y", String(height)),
    close() {
      spawnSync("tmux", ["-L", socket, "kill-server"]);
    },
  };
};

/** Uses a script in a terminal of its own, which is closed whatever happens. */
export const inTerminal = async (
  file: string,
  act: (session: Session) => Promise<void>,
  options?: Parameters<typeof openTerminal>[1],
): Promise<void> => {
  const session = openTerminal(file, options);
  try {
    await act(session);
  } finally {
    session.close();
  }
};
