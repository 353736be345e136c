import { createHash } from "node:crypto";
import { hostname } from "node:os";
import type { Decision, Outcome, SkipReason } from "../../job.ts";
import { readRecurrence } from "../../recurrence/json.ts";
import type { Recurrence } from "../../recurrence/recurrence.ts";
import { texts } from "../../text/text.ts";
import type { Instant } from "../../time/instant.ts";
import { zoneNamed } from "../../time/zone.ts";
import type { OrphanedJob } from "../engine.ts";
import { badData, type Queue } from "./redis.ts";

/** A longer key is cut and ends with a hash of the whole. */
const longestKey = 120;

/** A name as part of a BullMQ id: letters, digits and `_.-` stay, the rest is percent-encoded, so it contains no `:`, `@` or `~`. */
export const keyOf = (name: string): string => {
  const key = name.replace(/[^A-Za-z0-9_.-]/gu, encode);
  return key.length <= longestKey ? key : `${key.slice(0, longestKey - 23)}~${hashOf(key)}`;
};

/** Half of a surrogate pair cannot be encoded as other characters are. */
const encode = (char: string): string =>
  /^[\ud800-\udfff]$/.test(char)
    ? `%u${char.charCodeAt(0).toString(16)}`
    : encodeURIComponent(char).replace(/[!'()*~]/g, (rest) => `%${rest.charCodeAt(0).toString(16)}`);

const hashOf = (text: string): string => createHash("sha256").update(text).digest("base64url").slice(0, 22);

/** `backup@20260101T023000Z`, so that other tools show when it was planned. */
export const occurrenceId = (key: string, at: Instant): string =>
  `${key}@${new Date(at).toISOString().replace(/[-:]|\.000(?=Z)/g, "")}`;

/** What a job is, for all machines. */
export interface JobDefinition {
  readonly name: string;
  readonly source: string;
  readonly zoneName: string;
  readonly recurrence: Recurrence;
  readonly anchor: Instant;
  /** Which process wrote it, and which of its writes it was. */
  readonly by: string;
}

/** How far a job has come. The last writer wins, and nothing is lost if an older one does: adding an occurrence twice does nothing. */
export interface Progress {
  /** The last occurrence that was added or decided. */
  readonly decided: Instant | null;
  /** From when a job counts whose next run counts from the end of the last, and how many runs it had. */
  readonly beat?: { readonly anchor: Instant; readonly runCount: number } | undefined;
  /** When a machine last had the job. */
  readonly seen: Instant;
}

export interface JobEnd {
  readonly why: "ended" | "cancelled";
  readonly at: Instant;
  readonly by: string;
}

/** All that is known about a job. */
export interface JobRecord {
  readonly definition: JobDefinition;
  readonly progress: Progress;
  /** Why it is paused, or `""` if somebody asked for it. */
  readonly pausedWhy: string | undefined;
  /** When it was paused. */
  readonly pausedAt: Instant | undefined;
  readonly end: JobEnd | undefined;
}

/** So many decisions are kept for each job, however old they are. */
const historyLimit = 100;

/** So many changes are kept. A machine that has seen none of them reads all jobs again. */
export const announcedLimit = 50;

/**
 * What all machines share about jobs: BullMQ jobs in a second queue that has no worker, so they stay. Of each, its data, progress and logs are three values that are written apart.
 *
 *     job~backup     data: the definition · progress: how far it has come · logs: the last decisions
 *     paused~backup  is there while it is paused          ended~backup  once it has ended
 *     failed~backup  logs: failures in a row              started~…     logs: starts, for `times(n)`
 *     permit~…       see `worker.ts`
 *     all            data: what distinguishes this data from any other · progress: the last change · logs: the last changes of jobs
 */
export class Records {
  readonly queue: Queue;

  constructor(queue: Queue) {
    this.queue = queue;
  }

  /** Adds a record unless there is one. */
  async add(id: string, data: object): Promise<void> {
    await this.queue.add(id.split("~")[0]!, data, { jobId: id });
  }

  async #data(id: string): Promise<{ readonly data: unknown; readonly progress: unknown } | undefined> {
    try {
      return await this.queue.getJob(id);
    } catch (error) {
      throw error instanceof SyntaxError ? badData(this.queue.toKey(id), texts().engine.bad.json) : error;
    }
  }

  async read(key: string): Promise<JobRecord | undefined> {
    const [job, paused, ended] = await Promise.all([
      this.#data(`job~${key}`),
      this.#data(`paused~${key}`),
      this.#data(`ended~${key}`),
    ]);
    if (!job) return undefined;
    const at = this.queue.toKey(`job~${key}`);
    return {
      definition: readDefinition(job.data, at),
      progress: readProgress(job.progress, at),
      pausedWhy: paused && textIn(paused.data, "why"),
      pausedAt: paused && instantIn(paused.data, "at"),
      end: ended && readEnd(ended.data, this.queue.toKey(`ended~${key}`)),
    };
  }

  /** The first machine that defines a job wins. @param isNew whether it replaces what was there */
  async define(key: string, definition: JobDefinition, isNew: boolean): Promise<void> {
    const id = `job~${key}`;
    if (!isNew) {
      await this.add(id, definition);
      return;
    }
    const old = ["ended", "failed", "started"].map((kind) => this.remove(`${kind}~${key}`));
    await Promise.all([...old, this.add(id, definition)]);
    const job = await this.queue.getJob(id);
    await job?.updateData(definition);
    await this.progress(key, { decided: null, seen: definition.anchor });
  }

  async progress(key: string, progress: Progress): Promise<void> {
    await this.queue.updateJobProgress(`job~${key}`, progress).catch(unlessMissing);
  }

  async pause(key: string, why: string, at: Instant): Promise<void> {
    await this.add(`paused~${key}`, { why, at });
  }

  /** @returns whether it was paused; of several that resume it at once, for one of them */
  async resume(key: string): Promise<boolean> {
    const [removed] = await Promise.all([this.queue.remove(`paused~${key}`), this.remove(`failed~${key}`)]);
    return removed === 1;
  }

  async remove(id: string): Promise<void> {
    await this.queue.remove(id);
  }

  /** Counts one more failure in a row, or none any more. @returns how many there are */
  async countFailure(key: string, hasFailed: boolean): Promise<number> {
    if (!hasFailed) {
      await this.remove(`failed~${key}`);
      return 0;
    }
    await this.add(`failed~${key}`, {});
    return this.queue.addJobLog(`failed~${key}`, "failed", 1_000);
  }

  /** Counts the runs that start, each occurrence once. @returns the number of this one, from 1 */
  async countStart(key: string, occurrence: string, times: number): Promise<number> {
    await this.add(`started~${key}`, {});
    const count = await this.queue.addJobLog(`started~${key}`, occurrence);
    if (count <= times) return count;
    const { logs } = await this.queue.getJobLogs(`started~${key}`, 0, -1);
    return [...new Set(logs)].indexOf(occurrence) + 1;
  }

  async log(key: string, decision: Decision): Promise<void> {
    await this.queue.addJobLog(`job~${key}`, writeDecision(decision), historyLimit).catch(unlessMissing);
  }

  async history(key: string): Promise<readonly Decision[]> {
    const { logs } = await this.queue.getJobLogs(`job~${key}`, 0, historyLimit - 1);
    return logs.flatMap((row) => readDecision(row) ?? []);
  }

  /** Ends a job, unless it has ended. */
  async end(key: string, end: JobEnd): Promise<void> {
    await this.add(`ended~${key}`, end);
  }

  /** What distinguishes this data from any other, and the last change. */
  async shared(): Promise<{ readonly birth: string; readonly last: string }> {
    const { data, progress } = (await this.#data("all")) ?? {};
    return { birth: textIn(data, "birth"), last: textIn(progress, "last") };
  }

  /** Notes a change of jobs. */
  async announce(nonce: string, keys: readonly string[]): Promise<void> {
    await this.queue.addJobLog("all", [nonce, ...keys].join(" "), announcedLimit);
    await this.queue.updateJobProgress("all", { last: nonce }).catch(unlessMissing);
  }

  /** The last changes: the nonce of each, and the keys of the jobs. */
  async announced(): Promise<readonly (readonly [nonce: string, ...keys: string[]])[]> {
    const { logs } = await this.queue.getJobLogs("all", 0, announcedLimit - 1);
    return logs.map((row) => row.split(" ") as [string, ...string[]]);
  }

  /** All records: jobs by key, and the id of each record with the key of its job. */
  async all() {
    const jobs = new Map<string, OrphanedJob & { readonly seen: number }>();
    const ids: (readonly [id: string, key: string])[] = [];
    const atOnce = 500;
    for (let start = 0, count = atOnce; count === atOnce; start += atOnce) {
      const rows = await this.queue.getJobs(["wait"], start, start + atOnce - 1, true);
      count = rows.length;
      for (const row of rows) {
        const [, kind, key = ""] = /^([a-z]+)~([^@]+)/.exec(row?.id ?? "") ?? [];
        if (kind) ids.push([row!.id!, key]);
        if (kind !== "job") continue;
        const seen = Number(fields(row.progress).seen ?? row.timestamp);
        const [name, source] = [textIn(row.data, "name"), textIn(row.data, "source")];
        jobs.set(key, { name, source, isPaused: false, seen });
      }
    }
    for (const [id, key] of ids) {
      const job = id.startsWith("paused~") && jobs.get(key);
      if (job) jobs.set(key, { ...job, isPaused: true });
    }
    return { jobs, ids };
  }
}

/** What is written about a record that another machine has just removed is lost, as it would be a moment later. */
const unlessMissing = (error: Error): void => {
  if (!/Missing key/.test(error.message)) throw error;
};

export const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const textIn = (value: unknown, name: string): string => {
  const text = fields(value)[name];
  return typeof text === "string" ? text : "";
};

const instantIn = (value: unknown, name: string): Instant | undefined => {
  const at = fields(value)[name];
  return isInstant(at) ? at : undefined;
};

export const isInstant = (value: unknown): value is Instant =>
  Number.isSafeInteger(value) && Math.abs(value as number) <= 8.64e15;

const readDefinition = (value: unknown, at: string): JobDefinition => {
  const { name, source, zoneName, recurrence, anchor, by } = fields(value);
  if (typeof name !== "string" || typeof source !== "string" || typeof by !== "string")
    throw badData(at, texts().engine.bad.definition);
  if (!isInstant(anchor)) throw badData(at, texts().engine.bad.anchor);
  try {
    return {
      name,
      source,
      by,
      anchor,
      zoneName: zoneNamed(String(zoneName)).name,
      recurrence: readRecurrence(recurrence),
    };
  } catch (error) {
    throw badData(at, (error as Error).message.split("\n")[0]!);
  }
};

const readProgress = (value: unknown, at: string): Progress => {
  if (value === 0 || value === undefined) return { decided: null, seen: 0 as Instant };
  const { decided, beat, seen } = fields(value);
  const { anchor, runCount } = fields(beat);
  if ((decided !== null && !isInstant(decided)) || !isInstant(seen))
    throw badData(at, texts().engine.bad.progress);
  if (beat !== undefined && !(isInstant(anchor) && Number.isSafeInteger(runCount)))
    throw badData(at, texts().engine.bad.beat);
  return {
    decided,
    seen,
    ...(beat !== undefined && { beat: { anchor: anchor as Instant, runCount: runCount as number } }),
  };
};

const readEnd = (value: unknown, at: string): JobEnd => {
  const { why, at: when, by } = fields(value);
  if ((why !== "ended" && why !== "cancelled") || !isInstant(when)) throw badData(at, texts().engine.bad.end);
  return { why, at: when, by: String(by) };
};

const outcomes: readonly Outcome[] = [
  "succeeded",
  "failed",
  "timedOut",
  "cancelled",
  "skipped",
  "coalesced",
  "expired",
  "interrupted",
  "dropped",
];

const writeDecision = ({ error, ...decision }: Decision): string =>
  JSON.stringify({
    ...(decision.started !== undefined && { machine: `${hostname()}:${process.pid}` }),
    ...decision,
    ...(error !== undefined && { error: error.slice(0, 2_000) }),
  });

/** Reads a decision. What is none is passed over: others may write logs, too. */
const readDecision = (text: string): Decision | undefined => {
  try {
    const { scheduled, outcome, reason, started, ended, attempts, error, failedAt, machine, count, byHand } =
      JSON.parse(text);
    if (!isInstant(scheduled) || !outcomes.includes(outcome)) return undefined;
    return {
      scheduled,
      outcome,
      ...(typeof reason === "string" && { reason: reason as SkipReason }),
      attempts: Number.isSafeInteger(attempts) ? attempts : 0,
      ...(isInstant(started) && { started }),
      ...(isInstant(ended) && { ended }),
      ...(typeof error === "string" && { error }),
      ...(typeof failedAt === "string" && { failedAt }),
      ...(typeof machine === "string" && { machine }),
      ...(Number.isSafeInteger(count) && { count }),
      ...(byHand === true && { byHand }),
    };
  } catch {
    return undefined;
  }
};
