import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Readable } from "node:stream";
import { endWithin, type RunContext } from "../job/context.ts";
import type { Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";
import { atMost } from "./after.ts";
import { asGroup, endGroup, endsWithSignal, watch } from "./group.ts";
import { Lines } from "./lines.ts";
import type { ProgramCall } from "./program-call.ts";
import { ProgramError } from "./program-error.ts";

/** How long output is waited for after a program has ended, where something it left behind still holds the pipe. */
const lastWords = second as Milliseconds;

/**
 * Runs a program to its end, and writes each line it says behind the job's name.
 *
 * @throws ProgramError when it did not start, or ended otherwise than it should; the signal's reason when it was called off
 */
export const runProgram = async (call: ProgramCall, context: RunContext): Promise<void> => {
  const { job, signal } = context;
  signal.throwIfAborted();
  if (endsWithSignal()) throw new ProgramError(`${call.program} was not started: the process is ending`);
  const child = spawn(call.program, [...call.args], {
    cwd: call.cwd,
    env: { ...process.env, ...called(context), ...call.env },
    shell: call.shell,
    stdio: [call.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    ...asGroup,
  });
  const exit = ended(child, call);
  if (child.pid === undefined) return void (await exit);
  const forget = watch(child.pid, call.grace);
  const closed = new Promise((resolve) => child.once("close", resolve));
  const last = say(child, job.name);
  feed(child, call.stdin);
  let isGone: Promise<void> | undefined;
  const end = () => {
    const { [endWithin]: limit = call.grace } = signal.reason as { readonly [endWithin]?: Milliseconds };
    isGone = endGroup(child.pid!, Math.min(limit, call.grace) as Milliseconds);
  };
  signal.addEventListener("abort", end);
  const { code, signal: endedBy } = await exit;
  await atMost(lastWords, closed);
  signal.removeEventListener("abort", end);
  await isGone;
  forget();
  for (const stream of [child.stdout, child.stderr]) letGo(stream);
  signal.throwIfAborted();
  if (code !== null && call.exitCodes.includes(code)) return;
  const how = endedBy === null ? `ended with exit code ${code}` : `was ended by ${endedBy}`;
  const words = last();
  throw new ProgramError(
    `${call.program} ${how}${words && `: ${words}`}`,
    code ?? undefined,
    endedBy ?? undefined,
  );
};

/** What a program is told of its run. */
const called = ({ job, scheduled, attempt }: RunContext): Record<string, string> => ({
  ONTHEDOT_JOB: job.name,
  ONTHEDOT_SCHEDULED: scheduled.toISOString(),
  ONTHEDOT_ATTEMPT: String(attempt),
});

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const ended = (child: ChildProcess, call: ProgramCall): Promise<Exit> =>
  new Promise((resolve, reject) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", (error) => reject(notStarted(error, call)));
  });

/** Writes the output line by line. @returns what gives the last line of the errors that has something in it */
const say = (child: ChildProcess, name: string): (() => string) => {
  let last = "";
  write(child.stdout, (line) => console.log(`${name} | ${line}`));
  write(child.stderr, (line) => {
    if (line.trim() !== "") last = line.trim();
    console.error(`${name} | ${line}`);
  });
  return () => last;
};

const write = (stream: Readable | null, give: (line: string) => void): void => {
  const lines = new Lines(give);
  stream?.setEncoding("utf8");
  stream?.on("data", (text: string) => lines.add(text));
  stream?.on("end", () => lines.end());
};

const feed = ({ stdin }: ChildProcess, given: string | Uint8Array | undefined): void => {
  // A program need not read all it is given.
  stdin?.on("error", () => {});
  stdin?.end(given);
};

/** What a program left behind may go on to write, and is read, but keeps nobody waiting. */
const letGo = (stream: Readable | null): void => {
  if (stream && "unref" in stream && typeof stream.unref === "function") stream.unref();
};

const notStarted = (error: NodeJS.ErrnoException, { program, cwd, args, shell }: ProgramCall): Error => {
  if (error.code === "ENOENT" && cwd !== undefined && !existsSync(cwd))
    return new ProgramError(`${program} was not started: there is no folder ${cwd}`);
  if (error.code === "ENOENT") return new ProgramError(`${notFound(program)}${hint(program, args, shell)}`);
  if (error.code === "EACCES")
    return new ProgramError(`${program} may not be executed: chmod +x ${program}, if it is yours`);
  return new ProgramError(`${program} was not started: ${error.message}`);
};

const notFound = (program: string): string =>
  /[\\/]/.test(program)
    ? `${program} was not found, seen from ${process.cwd()}`
    : `${program} was not found in any folder of PATH`;

const hint = (program: string, args: readonly string[], shell: boolean): string => {
  const [name, ...rest] = program.trim().split(/\s+/);
  return shell || args.length > 0 || rest.length === 0
    ? ""
    : `. Its arguments stand apart: .exec(${JSON.stringify(name)}, ${JSON.stringify(rest)})`;
};
