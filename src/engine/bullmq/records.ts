/** What machines share in Redis: occurrences as jobs of a queue, and records about jobs. All that is read there is checked. */
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import type { Decision, Outcome } from "../../job.ts";
import { readRecurrence } from "../../recurrence/json.ts";
import type { Recurrence } from "../../recurrence/recurrence.ts";
import { type Texts, texts } from "../../text/text.ts";
import type { Instant } from "../../time/instant.ts";
import { day, second } from "../../time/plain-time.ts";
import { zoneNamed } from "../../time/zone.ts";
import type { OrphanedJob } from "../engine.ts";
import { badData, type Job, type Queue } from "./redis.ts";

/** This process, for other tools. */
export const machineName = `${hostname()}:${process.pid}`;

/** A longer key is cut and ends with a hash of the whole. */
const longestKey = 120;

/** A name as part of a BullMQ id: letters, digits and `_.-` stay, the rest is percent-encoded, so it contains no `:`, `@` or `~`. */
export const keyOf = (name: string): string => {
  const key = name.replace(/[^A-Za-z0-9_.-]/gu, encode);
  if (key.length <= longestKey) return key;
  const hash = createHash("sha256").update(key).digest("base64url").slice(0, 22);
  return `${key.slice(0, longestKey - 23)}~${hash}`;
};

/** Half of a surrogate pair cannot be encoded as other characters are. */
const encode = (char: string): string =>
  /^[\ud800-\udfff]$/.test(char)
    ? `%u${char.charCodeAt(0).toString(16)}`
    : encodeURIComponent(char).replace(/[!'()*~]/g, (rest) => `%${rest.charCodeAt(0).toString(16)}`);

/** `backup@20260101T023000Z`, so that other tools show when it was planned. */
export const occurrenceId = (key: string, at: Instant): string =>
  `${key}@${new Date(at).toISOString().replace(/[-:]|\.000(?=Z)/g, "")}`;

/** How long finished runs stay for other tools to see. BullMQ applies one age to the whole queue. */
export const runRetention = day;

/** An occurrence, as it is in the queue. */
export interface Occurrence {
  readonly key: string;
  readonly at: Instant;
  /** When it starts: later than `at` with jitter, or if it is caught up. */
  readonly start: Instant;
  /** A run at startup, which is not part of the schedule. */
  readonly isImmediate?: boolean;
}

const idOf = ({ key, at, isImmediate }: Occurrence): string =>
  `${occurrenceId(key, at)}${isImmediate ? "~start" : ""}`;

/** The BullMQ job of an occurrence. Other tools show its data, so times are text. */
export const toBullmq = (name: string, occurrence: Occurrence, now: Instant) => ({
  name,
  data: { scheduled: new Date(occurrence.at), start: new Date(occurrence.start) },
  opts: {
    jobId: idOf(occurrence),
    // BullMQ would take the time from the clock of this machine.
    timestamp: now,
    ...(occurrence.start > now && { delay: occurrence.start - now }),
    removeOnComplete: { age: runRetention / second },
    removeOnFail: { age: runRetention / second },
  },
});

/** Undefined for a job that onthedot did not add. */
export const readOccurrence = ({ id = "", data }: Job): Occurrence | undefined => {
  const [at, start] = [readTime(fields(data).scheduled), readTime(fields(data).start)];
  if (at === undefined || start === undefined) return undefined;
  const key = id.slice(0, id.lastIndexOf("@"));
  const occurrence = { key, at, start, isImmediate: id.endsWith("~start") };
  return idOf(occurrence) === id ? occurrence : undefined;
};

/** What the progress of a BullMQ job says about an attempt that has begun. */
export const readBegun = (progress: unknown) => {
  const { started: given, attempts, outcome } = fields(progress);
  const started = readTime(given);
  if (started === undefined) return undefined;
  // With an outcome, that is recorded, and the task is still running.
  return { started, attempts: isCount(attempts) ? attempts : 1, isDecided: outcome !== undefined };
};

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
  /** The definition it belongs to: a machine that does not know yet of another one may write it late. */
  readonly by: string;
  /** The last occurrence that was added or decided. */
  readonly decided: Instant | null;
  /** From when a job counts whose next run counts from the end of the last, and how many runs it had. */
  readonly spaced?: { readonly anchor: Instant; readonly runCount: number } | undefined;
  /** When a machine last had the job. */
  readonly seen: Instant;
}

/** All that is known about a job. */
export interface JobRecord {
  readonly definition: JobDefinition;
  readonly progress: Progress;
  /** Why it is paused, or `""` if somebody asked for it. */
  readonly paused: { readonly why: string; readonly at: Instant | undefined } | undefined;
  readonly end: JobEnd | undefined;
}

interface JobEnd {
  readonly why: "ended" | "cancelled";
  readonly at: Instant;
  readonly by: string;
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

  async remove(id: string): Promise<void> {
    await this.queue.remove(id);
  }

  async #get(id: string): Promise<Job | undefined> {
    try {
      return await this.queue.getJob(id);
    } catch (error) {
      throw error instanceof SyntaxError ? badData(this.queue.toKey(id), texts().engine.bad.json) : error;
    }
  }

  async read(key: string): Promise<JobRecord | undefined> {
    const ids = [`job~${key}`, `paused~${key}`, `ended~${key}`];
    const [job, paused, ended] = await Promise.all(ids.map((id) => this.#get(id)));
    if (!job) return undefined;
    const [at = "", , endedAt = ""] = ids.map((id) => this.queue.toKey(id));
    const since = fields(paused?.data).at;
    const definition = readDefinition(job.data, at);
    const progress = readProgress(job.progress, at);
    const { by } = definition;
    return {
      definition,
      progress: progress.by === by ? progress : { by, decided: null, seen: progress.seen },
      paused: paused && { why: textIn(paused.data, "why"), at: isInstant(since) ? since : undefined },
      end: ended && readEnd(ended.data, endedAt),
    };
  }

  /** The first machine that defines a job wins. @param isNew whether it replaces what was there */
  async define(key: string, definition: JobDefinition, isNew: boolean): Promise<void> {
    const id = `job~${key}`;
    if (isNew) await Promise.all(["ended", "failed", "started"].map((kind) => this.remove(`${kind}~${key}`)));
    await this.add(id, definition);
    if (!isNew) return;
    await (await this.queue.getJob(id))?.updateData(definition);
    await this.progress(key, { by: definition.by, decided: null, seen: definition.anchor });
  }

  async progress(key: string, progress: Progress): Promise<void> {
    await this.queue.updateJobProgress(`job~${key}`, progress).catch(unlessMissing);
  }

  /** @returns whether it was paused; of several that resume it at once, for one of them */
  async resume(key: string): Promise<boolean> {
    const [removed] = await Promise.all([this.queue.remove(`paused~${key}`), this.remove(`failed~${key}`)]);
    return removed === 1;
  }

  /** Counts one more failure in a row, or none any more. @returns how many there are */
  async countFailure(key: string, hasFailed: boolean): Promise<number> {
    if (!hasFailed) await this.remove(`failed~${key}`);
    if (!hasFailed) return 0;
    await this.add(`failed~${key}`, {});
    return this.queue.addJobLog(`failed~${key}`, "failed", 1_000);
  }

  /** Counts the runs that start, each occurrence once. @returns the number of this one, from 1 */
  async countStart(key: string, occurrence: string, times: number): Promise<number> {
    await this.add(`started~${key}`, {});
    const count = await this.queue.addJobLog(`started~${key}`, occurrence);
    if (count <= times) return count;
    return (await this.started(key)).indexOf(occurrence) + 1;
  }

  /** The occurrences that {@link countStart} has counted. */
  async started(key: string): Promise<readonly string[]> {
    const { logs } = await this.queue.getJobLogs(`started~${key}`);
    return [...new Set(logs)];
  }

  async log(key: string, { error, ...decision }: Decision): Promise<void> {
    const row = {
      ...(decision.started !== undefined && { machine: machineName }),
      ...decision,
      ...(error !== undefined && { error: error.slice(0, 2_000) }),
    };
    await this.queue.addJobLog(`job~${key}`, JSON.stringify(row), historyLimit).catch(unlessMissing);
  }

  async history(key: string): Promise<readonly Decision[]> {
    const { logs } = await this.queue.getJobLogs(`job~${key}`, 0, historyLimit - 1);
    return logs.flatMap((row) => readDecision(row) ?? []);
  }

  /** What distinguishes this data from any other, and the last change. */
  async shared(): Promise<{ readonly birth: string; readonly last: string }> {
    const all = await this.#get("all");
    return { birth: textIn(all?.data, "birth"), last: textIn(all?.progress, "last") };
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
    const paused = new Set<string>();
    // In parts: a script in Redis that reads many holds up everybody else.
    for (let start = 0, count = 500; count === 500; start += 500) {
      const rows = await this.queue.getJobs(["wait"], start, start + 499, true);
      count = rows.length;
      for (const { id = "", data, progress, timestamp } of rows.filter((row) => row !== undefined)) {
        const [, kind, key = ""] = /^([a-z]+)~([^@]+)/.exec(id) ?? [];
        if (kind) ids.push([id, key]);
        if (kind === "paused") paused.add(key);
        if (kind !== "job") continue;
        const [name, source] = [textIn(data, "name"), textIn(data, "source")];
        jobs.set(key, { name, source, isPaused: false, seen: Number(fields(progress).seen ?? timestamp) });
      }
    }
    for (const [key, job] of jobs) if (paused.has(key)) jobs.set(key, { ...job, isPaused: true });
    return { jobs, ids };
  }
}

/** What is written about a record that another machine has just removed is lost, as it would be a moment later. */
const unlessMissing = (error: Error): void => {
  if (!/Missing key/.test(error.message)) throw error;
};

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const textIn = (value: unknown, name: string): string => {
  const text = fields(value)[name];
  return typeof text === "string" ? text : "";
};

const isText = (value: unknown): value is string => typeof value === "string";
const isCount = (value: unknown): value is number => Number.isSafeInteger(value);
const isInstant = (value: unknown): value is Instant => isCount(value) && Math.abs(value) <= 8.64e15;

const readTime = (value: unknown): Instant | undefined => {
  const at = isText(value) ? Date.parse(value) : Number.NaN;
  return isInstant(at) ? at : undefined;
};

const check = (isGood: boolean, at: string, what: keyof Texts["engine"]["bad"]): void => {
  if (!isGood) throw badData(at, texts().engine.bad[what]);
};

const readDefinition = (value: unknown, at: string): JobDefinition => {
  const { name, source, zoneName, recurrence, anchor, by } = fields(value) as Partial<JobDefinition>;
  check(isText(name) && isText(source) && isText(by), at, "definition");
  check(isInstant(anchor), at, "anchor");
  try {
    const zone = zoneNamed(String(zoneName)).name;
    return {
      name,
      source,
      by,
      anchor,
      zoneName: zone,
      recurrence: readRecurrence(recurrence),
    } as JobDefinition;
  } catch (error) {
    throw badData(at, (error as Error).message.split("\n")[0]!);
  }
};

const readProgress = (value: unknown, at: string): Progress => {
  if (value === 0 || value === undefined) return { by: "", decided: null, seen: 0 as Instant };
  const { by, decided, spaced, seen } = fields(value) as Partial<Progress>;
  const { anchor, runCount } = fields(spaced);
  check((decided === null || isInstant(decided)) && isInstant(seen), at, "progress");
  check(spaced === undefined || (isInstant(anchor) && isCount(runCount)), at, "spaced");
  return { by, decided, seen, ...(spaced && { spaced: { anchor, runCount } }) } as Progress;
};

const readEnd = (value: unknown, key: string): JobEnd => {
  const { why, at, by } = fields(value) as Partial<JobEnd>;
  check((why === "ended" || why === "cancelled") && isInstant(at), key, "end");
  return { why, at, by: String(by) } as JobEnd;
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

/** What a decision may hold. */
const decisionFields: Partial<Record<keyof Decision, (value: unknown) => boolean>> = {
  scheduled: isInstant,
  outcome: (value) => outcomes.includes(value as Outcome),
  attempts: isCount,
  reason: isText,
  started: isInstant,
  ended: isInstant,
  error: isText,
  failedAt: isText,
  machine: isText,
  count: isCount,
  byHand: (value) => value === true,
};

/** Reads a decision. What is none is passed over: others may write logs, too. */
const readDecision = (text: string): Decision | undefined => {
  try {
    const given = Object.entries(fields(JSON.parse(text)));
    const good = given.filter(([name, value]) => decisionFields[name as keyof Decision]?.(value));
    const decision = { attempts: 0, ...Object.fromEntries(good) } as Partial<Decision>;
    return decision.scheduled !== undefined && decision.outcome ? (decision as Decision) : undefined;
  } catch {
    return undefined;
  }
};
