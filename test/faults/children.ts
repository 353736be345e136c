import { type ChildProcess, spawn } from "node:child_process";

/** Starts a program, and returns it when it has printed something. */
export const started = (
  path: string,
  args: readonly string[],
  env = {},
  stdin: "ignore" | "pipe" = "ignore",
): Promise<ChildProcess> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path, ...args], {
      stdio: [stdin, "pipe", "inherit"],
      env: { ...process.env, ...env },
    });
    child.stdout!.once("data", () => resolve(child));
    child.once("exit", (code) => reject(new Error(`the script ended with ${code} before it was ready`)));
  });

/** Sends a signal and waits for the end. */
export const ended = (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> =>
  new Promise((resolve) => {
    child.once("exit", resolve);
    child.kill(signal);
  });

export const pause = (length: number): Promise<void> => new Promise((go) => setTimeout(go, length));
