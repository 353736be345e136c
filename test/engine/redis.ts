import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A real Redis of its own, on a free port of this machine and with a folder that is gone when it is stopped. */
export interface RunningRedis {
  /** `redis://127.0.0.1:12345`, with the password where there is one. */
  readonly url: string;
  readonly port: number;
  readonly dir: string;
  /** Ends it at once, as a crash does. What an append-only file holds is kept. */
  kill(): Promise<void>;
  /** Starts it again after {@link kill}, on the same port and folder. */
  restart(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
  /** Says a command to it as `redis-cli` does, and gives the answer as text, without the line's end. */
  command(...args: readonly string[]): string;
}

export interface RedisOptions {
  /** Whether each write is on the disk before it is answered. @default false */
  readonly appendOnly?: boolean;
  readonly password?: string;
  /** More arguments of the server. */
  readonly args?: readonly string[];
}

/** Whether `redis-server` is there. Suites that need it are left out otherwise, and their names say why: see {@link needsRedis}. */
export const hasRedis: boolean =
  spawnSync("redis-server", ["--version"]).status === 0 && spawnSync("redis-cli", ["--version"]).status === 0;

/** The title of a suite that needs Redis, which tells where it was left out and why. */
export const needsRedis = (title: string): string =>
  hasRedis ? title : `${title} (left out: no redis-server here)`;

export const startRedis = async ({
  appendOnly = false,
  password,
  args = [],
}: RedisOptions = {}): Promise<RunningRedis> => {
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), "onthedot-redis-"));
  const secret = password === undefined ? [] : ["-a", password, "--no-auth-warning"];
  const command = (...args: readonly string[]): string =>
    execFileSync("redis-cli", ["-h", "127.0.0.1", "-p", String(port), ...secret, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).replace(/\n$/, "");
  let server: ChildProcess | undefined;
  const launch = async (): Promise<void> => {
    const base = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", dir, "--save", ""];
    const log = appendOnly ? ["--appendonly", "yes", "--appendfsync", "always"] : ["--appendonly", "no"];
    const more = password === undefined ? [] : ["--requirepass", password];
    server = spawn("redis-server", [...base, ...log, ...more, ...args], { stdio: "ignore" });
    await untilAnswers(command);
  };
  const kill = async (signal: NodeJS.Signals = "SIGKILL"): Promise<void> => {
    const dying = server;
    server = undefined;
    if (!dying || dying.exitCode !== null) return;
    await new Promise((resolve) => {
      dying.once("exit", resolve);
      dying.kill(signal);
      // A server that was made to stand still hears no other signal.
      dying.kill("SIGCONT");
    });
  };
  await launch();
  return {
    url: `redis://${password === undefined ? "" : `:${password}@`}127.0.0.1:${port}`,
    port,
    dir,
    kill: () => kill(),
    restart: launch,
    async stop() {
      await kill();
      rmSync(dir, { recursive: true, force: true });
    },
    command,
  };
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

const untilAnswers = async (command: (...args: string[]) => string): Promise<void> => {
  for (let tries = 0; ; tries++) {
    try {
      if (command("ping") === "PONG") return;
    } catch (error) {
      if (tries > 200) throw error;
    }
    await new Promise((go) => setTimeout(go, 25));
  }
};
