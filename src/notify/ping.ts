import type { Job, Notices, Ping } from "../job.ts";
import type { EventStream, RunEvent, SchedulerEvent } from "../scheduler/events.ts";
import { entryOf } from "../scheduler/job.ts";
import { texts } from "../text/text.ts";
import { formatDuration } from "../time/duration.ts";
import { second } from "../time/plain-time.ts";

export interface PingOptions {
  /** @default over HTTP */
  readonly deliver?: Deliver;
}

/**
 * Pings the watchers of jobs about their runs, as Healthchecks expects it: `url/start` at the beginning, `url` after success, `url/fail`
 * after a failure, with how long it took and what went wrong as text. The pings of one job arrive in order. A ping that fails is a warning, once until
 * one succeeds again.
 *
 * @returns stops listening
 */
export const pingWatchers = (events: EventStream, options?: PingOptions): (() => void) =>
  events.listenToAll(pinger(events, options));

/** How many pings of one job may wait for a slow watcher; further ones are left out. */
const longestQueue = 20;

/** Pings where an event asks for it; the promise is that of the ping. */
export const pinger = (
  events: EventStream,
  { deliver: send = deliver }: PingOptions = {},
): ((event: SchedulerEvent) => Promise<void> | undefined) => {
  const queues = new Map<Job, Queue>();
  const tell = (job: Job, scheduled: Date, path: string, body: string): Promise<void> | undefined => {
    const ping = noticesOf(job)?.ping;
    if (!ping || (path === "/start" && !ping.start)) return undefined;
    const queue = queues.get(job) ?? { end: Promise.resolve(), length: 0, isBroken: false };
    queues.set(job, queue);
    if (queue.length >= longestQueue) return undefined;
    queue.length++;
    queue.end = queue.end.then(async () => {
      try {
        await send({
          url: await addressOf(ping, path, job, scheduled),
          body,
          headers: { "content-type": "text/plain; charset=utf-8" },
        });
        queue.isBroken = false;
      } catch (error) {
        if (!queue.isBroken)
          events.emit("warning", { message: texts().notices.pingFailed(job.name, reason(error)) });
        queue.isBroken = true;
      }
      if (--queue.length === 0 && !queue.isBroken) queues.delete(job);
    });
    return queue.end;
  };
  const ended = ({ job, run }: RunEvent, path: string, body: string) => tell(job, run.scheduled, path, body);
  return ({ name, data }) => {
    switch (name) {
      case "started":
        return tell(data.job, data.scheduled, "/start", "");
      case "succeeded":
        return ended(data, "", texts().notices.took(lengthOf(data) ?? ""));
      case "failed":
        return ended(
          data,
          "/fail",
          `${texts().notices.failedAfter(lengthOf(data) ?? "")}\n${failureOf(data)}`,
        );
      case "timedOut":
        return ended(data, "/fail", texts().notices.timedOutAfter(lengthOf(data) ?? ""));
      case "interrupted":
        return ended(data, "/fail", texts().notices.interrupted);
      default:
        return undefined;
    }
  };
};

interface Queue {
  end: Promise<void>;
  length: number;
  isBroken: boolean;
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The path goes behind that of the address, before its query; the run's own number lets the watcher tell runs apart that overlap. */
const addressOf = async ({ url }: Ping, path: string, { name }: Job, scheduled: Date): Promise<string> => {
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/\/$/, "")}${path}`;
  address.searchParams.set("rid", await runNumber(`${name}\n${scheduled.getTime()}`));
  return address.href;
};

/** A UUID (version 8, RFC 9562) that is the same for the same run. */
const runNumber = async (key: string): Promise<string> => {
  const { createHash } = await import("node:crypto");
  const digest = createHash("sha256").update(key).digest("hex");
  const parts = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `a${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ];
  return parts.join("-");
};

/** What is sent to an address. */
export interface Letter {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends a letter; rejects with a message for people when it was not delivered. */
export type Deliver = (letter: Letter) => Promise<void>;

/** In milliseconds. */
const answerTimeout = 10_000;

/** Posts a letter over HTTP; an error on the way is retried once, at once. */
export const deliver: Deliver = async (letter) => {
  try {
    await post(letter);
  } catch (first) {
    if (first instanceof Refused) throw first;
    await post(letter);
  }
};

/** The server has understood and refuses: a retry changes nothing. */
class Refused extends Error {}

const post = async ({ url, body, headers }: Letter): Promise<void> => {
  const answer = await fetch(url, {
    method: "POST",
    body,
    headers,
    signal: AbortSignal.timeout(answerTimeout),
  }).catch((error) => {
    throw new Error(`${hostOf(url)}: ${reasonOf(error)}`);
  });
  await answer.body?.cancel().catch(() => {});
  if (answer.ok) return;
  const text = `${hostOf(url)}: ${texts().notices.answered(String(answer.status))}`;
  throw answer.status >= 500 || answer.status === 429 ? new Error(text) : new Refused(text);
};

/** The path and what follows is often a secret. */
const hostOf = (url: string): string => new URL(url).host;

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return texts().notices.noAnswer(answerTimeout / 1_000);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
};

/** Who is notified about the runs of a job. */
export const noticesOf = (job: Job): Notices | undefined => entryOf(job)?.definition.notices;

/** How long a run took, in words: `"1 minute 8 seconds"`; nothing where it was never started. */
export const lengthOf = ({ run: { started, ended } }: RunEvent): string | undefined => {
  if (!started || !ended) return undefined;
  const length = ended.getTime() - started.getTime();
  return formatDuration(length < 10 * second ? length : Math.round(length / second) * second);
};

/** What went wrong, in a line or two, without the stack: it may hold secrets. */
export const failureOf = ({ run }: RunEvent): string => run.error ?? texts().notices.noReason;
