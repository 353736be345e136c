import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Job as BullJob, Queue } from "bullmq";
import { Redis } from "ioredis";
import { type RedisOptions, type RunningRedis, startRedis } from "../../engine/redis.ts";
import type { CrewJob, CrewSettings } from "../children/crew.ts";
import type { NaiveSettings } from "../children/naive.ts";
import { pause, started } from "../children.ts";

/** A line of the log. */
export interface Noted {
  readonly word: string;
  readonly pid: number;
  readonly job: string;
  readonly planned: number;
  /** `job@planned`. */
  readonly id: string;
  /** When, by the clock of this machine that no experiment sets. */
  readonly at: number;
  readonly more: string;
}

export const readNotes = (log: string): readonly Noted[] => {
  if (!existsSync(log)) return [];
  const skew = Date.now() - Number(process.hrtime.bigint()) / 1e6;
  const lines = readFileSync(log, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => {
    const [word, pid, job, planned, at, ...more] = line.split(" ") as [
      string,
      string,
      string,
      string,
      string,
    ];
    return {
      word,
      pid: Number(pid),
      job,
      planned: Number(planned),
      id: `${job}@${planned}`,
      at: skew + Number(at),
      more: more.join(" "),
    };
  });
};

export const withWord = (notes: readonly Noted[], ...words: readonly string[]): readonly Noted[] =>
  notes.filter(({ word }) => words.includes(word));

/** How often each occurrence is named. */
export const timesOf = (notes: readonly Pick<Noted, "id">[]): ReadonlyMap<string, number> => {
  const times = new Map<string, number>();
  for (const { id } of notes) times.set(id, (times.get(id) ?? 0) + 1);
  return times;
};

/** How many there are beyond the first of each. */
export const beyondFirst = (times: ReadonlyMap<string, number>): number =>
  [...times.values()].reduce((sum, count) => sum + count - 1, 0);

/** A job with a fixed period. */
export interface Beat {
  readonly name: string;
  /** In milliseconds. */
  readonly period: number;
  readonly starting: number;
}

/** Every occurrence of some beats up to a moment, known without the scheduler. */
export const occurrencesOf = (beats: readonly Beat[], end: number, from = 0): ReadonlySet<string> => {
  const ids = new Set<string>();
  for (const { name, period, starting } of beats)
    for (let planned = starting; planned <= end; planned += period)
      if (planned >= from) ids.add(`${name}@${planned}`);
  return ids;
};

/** Counts what BullMQ's own events say about a queue, without any code of ours. */
export class QueueWatch {
  readonly added = new Map<string, number>();
  stalled = 0;
  readonly #client: Redis;
  readonly #reading: Promise<void>;
  #isOver = false;

  constructor({ url }: RunningRedis, queue = "crew") {
    this.#client = new Redis(url);
    this.#client.on("error", () => {});
    this.#reading = this.#read(`bull:${queue}:events`);
  }

  /** Reads the events up to now, and no more. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#reading;
    this.#client.disconnect();
  }

  async #read(stream: string): Promise<void> {
    for (let last = "0"; ; ) {
      const isLast = this.#isOver;
      const answer = await unlessBusy(() =>
        this.#client.xread("COUNT", 10_000, "BLOCK", 300, "STREAMS", stream, last),
      );
      for (const [id, fields] of answer?.[0]?.[1] ?? []) {
        last = id;
        const events = Object.fromEntries(fields.flatMap((_, i) => (i % 2 ? [] : [fields.slice(i, i + 2)])));
        if (events.event === "added") this.added.set(events.jobId, (this.added.get(events.jobId) ?? 0) + 1);
        if (events.event === "stalled") this.stalled++;
      }
      if (isLast && !answer) return;
    }
  }
}

/** Asks again while Redis answers BUSY: on a busy computer a script of BullMQ's may take five seconds. */
const unlessBusy = async <T>(ask: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error as Error).message.startsWith("BUSY")) throw error;
      await pause(500);
    }
  }
};

type States = Parameters<Queue["getJobs"]>[0];

/** Reads what was decided about occurrences from BullMQ's own queue, without any code of ours. */
export class QueueReader {
  readonly #queue: Queue;
  readonly #decided = new Map<string, string>();
  #read = { completed: 0, failed: 0 };

  constructor({ port }: RunningRedis, queue = "crew") {
    this.#queue = new Queue(queue, { connection: { host: "127.0.0.1", port } });
    this.#queue.on("error", () => {});
  }

  /** Reads in parts: a script that reads 12,000 jobs holds up Redis for a third of a second. @returns how many there are */
  async #each(states: States, start: number, take: (job: BullJob, id: string) => void): Promise<number> {
    const atOnce = 500;
    for (let from = start; ; from += atOnce) {
      const jobs = await unlessBusy(() => this.#queue.getJobs(states, from, from + atOnce - 1, true));
      for (const job of jobs) take(job, `${job.name}@${Date.parse(job.data.scheduled)}`);
      if (jobs.length < atOnce) return from + jobs.length;
    }
  }

  /** The outcomes, by `job@planned`. */
  async read(): Promise<ReadonlyMap<string, string>> {
    // The last ones may have got others between them: each machine has a clock of its own.
    for (const state of ["completed", "failed"] as const)
      this.#read[state] = await this.#each([state], Math.max(0, this.#read[state] - 200), (job, id) =>
        this.#decided.set(id, job.returnvalue?.outcome ?? job.failedReason?.split(":")[0] ?? "?"),
      );
    return this.#decided;
  }

  /** What is delayed, waits, or runs: `job@planned`. */
  async pending(): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    // What moves on, or back, meanwhile is read twice rather than not at all.
    for (const state of ["delayed", "wait", "prioritized", "active", "delayed"] as const)
      await this.#each([state], 0, (_, id) => ids.add(id));
    return ids;
  }

  async close(): Promise<ReadonlyMap<string, string>> {
    this.#read = { completed: 0, failed: 0 };
    const decided = await this.read();
    await this.#queue.close();
    return decided;
  }
}

/** What an experiment needs: its programs, and a folder for its logs. */
export interface CommandContext {
  readonly program: (name: string) => string;
  readonly folder: string;
}

/** So long after its machines are there the first occurrence of an experiment comes. */
export const lead = 5_000;

/** Only so many processes are started at a time: a machine with two cores starts two in a second. */
const mostAtOnce = 3;
let starting: Promise<unknown>[] = [];

/** A process that has loaded all it needs, and waits for what to do. */
export const warmed = async (
  { program }: CommandContext,
  name: "crew" | "naive",
  env = {},
): Promise<ChildProcess> => {
  while (starting.length >= mostAtOnce) await Promise.race(starting);
  const child = started(program(name), [], env, "pipe");
  starting.push(child);
  return child.finally(() => {
    starting = starting.filter((other) => other !== child);
  });
};

/** A Redis, and machines that have loaded all they need and wait for what to do. @param env of each machine */
export const prepare = async (
  context: CommandContext,
  name: string,
  env: readonly object[],
  { program = "crew", ...options }: RedisOptions & { readonly program?: "crew" | "naive" } = {},
) => {
  const redis = await startRedis(options);
  const log = join(context.folder, name.replaceAll(/\W+/g, "-"));
  const machines = await Promise.all(env.map((own) => warmed(context, program, own)));
  return {
    redis,
    machines,
    notes: () => readNotes(log),
    /** Lets some machines begin, or all. */
    begin(settings: Instructions, some: readonly ChildProcess[] = machines): void {
      begin(some, { url: redis.url, port: redis.port, log, ...settings });
    },
    /** Ends all machines, and Redis. @returns what the machines noted */
    async end(watch?: QueueWatch): Promise<readonly Noted[]> {
      await endInPeace(machines);
      await watch?.stop();
      await redis.stop();
      return readNotes(log);
    },
  };
};

type Instructions = Omit<CrewSettings, "url" | "log"> | Omit<NaiveSettings, "port" | "log">;

/** Lets processes begin. */
export const begin = (children: readonly ChildProcess[], settings: CrewSettings | NaiveSettings): void => {
  for (const child of children) child.stdin!.write(`${JSON.stringify(settings)}\n`);
};

/** Some beats, spread over their period. */
export const beatsFrom = (starting: number, jobs: number, period: number): readonly Beat[] =>
  Array.from({ length: jobs }, (_, i) => ({
    name: `job${i}`,
    period,
    starting: starting + Math.round((i * period) / jobs),
  }));

/** Beats as jobs. */
export const crewJobs = (beats: readonly Beat[], more: Omit<CrewJob, "name">): readonly CrewJob[] =>
  beats.map(({ name, period, starting }) => ({ name, every: period / 1_000, starting, ...more }));

/** How many runs began while another of the same job was running. One that was cut off has no end and does not count. */
export const sideBySide = (notes: readonly Noted[]): number => {
  const ends = new Map(withWord(notes, "end").map(({ pid, id, at }) => [`${pid} ${id}`, at]));
  const lastEnd = new Map<string, number>();
  let count = 0;
  for (const { pid, id, job, at } of [...withWord(notes, "start")].sort((a, b) => a.at - b.at)) {
    const end = ends.get(`${pid} ${id}`);
    if (at < (lastEnd.get(job) ?? 0)) count++;
    if (end !== undefined) lastEnd.set(job, Math.max(end, lastEnd.get(job) ?? 0));
  }
  return count;
};

/** How long a machine may take to end. */
const endTimeout = 45_000;

/** Stops machines with SIGTERM. One that does not end is killed, and that is an error. */
export const endInPeace = async (children: readonly ChildProcess[]): Promise<void> => {
  const hung = await Promise.all(
    children.map(async (child) => {
      if (await gone(child, "SIGTERM", endTimeout)) return 0;
      await gone(child, "SIGKILL", endTimeout);
      return 1;
    }),
  );
  const count = hung.reduce<number>((sum, one) => sum + one, 0);
  if (count > 0) throw new Error(`${count} machines did not end within ${endTimeout / 1_000} seconds`);
};

/** Sends a signal. @returns whether the process has ended within some time */
export const gone = (child: ChildProcess, signal: NodeJS.Signals, within: number): Promise<boolean> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(true);
    const timer = setTimeout(() => resolve(false), within);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve(true);
    });
    child.kill(signal);
  });

export const warningsIn = (notes: readonly Noted[]): readonly string[] => [
  ...new Set(withWord(notes, "warning").map(({ more }) => more)),
];

/** Waits until something is so, or some time is over. */
export const until = async (isSo: () => boolean | Promise<boolean>, within: number): Promise<void> => {
  for (const end = Date.now() + within; Date.now() < end; await pause(500)) if (await isSo()) return;
};
