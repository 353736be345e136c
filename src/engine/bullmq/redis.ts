/** All that is Redis's own: its address, its time, and what goes wrong with it. */
import type { Redis } from "ioredis";
import { ScheduleError, type ScheduleErrorCode } from "../../errors.ts";
import { requirePackage } from "../../require-package.ts";
import { type Texts, texts } from "../../text/text.ts";
import type { Clock } from "../../time/clock.ts";
import { type Instant, later, type Milliseconds } from "../../time/instant.ts";
import { minute, second } from "../../time/plain-time.ts";
import type { EngineHost } from "../engine.ts";

export type { Job, Queue, Relay, Worker } from "bullmq";

/** BullMQ and its driver. */
export type Peers = Pick<
  typeof import("bullmq"),
  "Queue" | "Worker" | "Relay" | "DelayedError" | "WaitingError" | "UnrecoverableError"
> &
  Pick<typeof import("ioredis"), "Redis">;

/**
 * Finds BullMQ and ioredis. They are loaded only here, because that takes a tenth of a second.
 *
 * @throws ScheduleError `peer-missing` if one of them is not installed, or is too old
 */
export const findPeers = (load: (name: string) => unknown = requirePackage): Peers => {
  const find = (name: string, newest: keyof Peers): object => {
    try {
      const found = load(name) as object;
      if (newest in found) return found;
    } catch (error) {
      if ((error as { code?: unknown }).code !== "MODULE_NOT_FOUND") throw error;
      throw new ScheduleError({ code: "peer-missing", ...texts().engine.peerMissing(name) });
    }
    throw new ScheduleError({ code: "peer-missing", ...texts().engine.peerTooOld(name) });
  };
  return { ...find("bullmq", "Relay"), ...find("ioredis", "Redis") } as Peers;
};

/** Where a Redis is. */
export interface Address {
  readonly url: string;
  /** `"redis.example.com:6379"`: without user and password. */
  readonly place: string;
}

/**
 * Reads the address of a Redis. Errors never show a password, or what could be one.
 *
 * @throws ScheduleError `engine-url`
 */
export const readAddress = (given: string): Address => {
  const text = typeof given === "string" ? given : "";
  const url = parseUrl(text);
  const port = url?.port || "6379";
  if (url && port !== "0" && /^\/?\d*$/.test(url.pathname))
    return { url: url.href, place: `${url.hostname}:${port}` };
  // Most often the scheme is missing, or it is that of the web.
  const tried = `redis://${text.trim().replace(/^[a-z+]*:?\/\//i, "")}`;
  let nearest: string | undefined;
  if (!url && parseUrl(tried) && isHarmless(text.trim())) nearest = JSON.stringify(tried);
  if (url && port !== "0") nearest = `${url.protocol}//${url.hostname}:${port}/0`;
  throw new ScheduleError({
    code: "engine-url",
    ...texts().engine.address,
    given: isHarmless(String(given)) ? given : texts().engine.hidden,
    ...(nearest && { nearest }),
  });
};

const parseUrl = (text: string): URL | undefined => {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  // What is percent-encoded wrongly breaks the driver.
  const isEncoded = !/%(?![\da-f]{2})/i.test(url.username + url.password);
  return /^rediss?:$/.test(url.protocol) && url.hostname !== "" && isEncoded ? url : undefined;
};

/** It cannot contain a user, a password or another secret. */
const isHarmless = (given: string): boolean => /^([a-z]*:?\/\/)?[\w.-]*(:\d{0,5})?(\/\d{0,3})?$/i.test(given);

/** A message of Redis's without what stands before an `@`, or after the colon of an empty user. */
export const masked = (text: string): string =>
  text
    .replace(/\/\/:[^\s@/]+/g, "//:***")
    .replace(/(\/\/)?[^/\s@]+(?:\/[^/\s@]*)*@/g, (_, slashes: string | undefined) => `${slashes ?? ""}***@`)
    .slice(0, 500);

/** A value in Redis that onthedot did not write. */
export const badData = (key: string, why: string): ScheduleError =>
  new ScheduleError({ code: "engine-data", ...texts().engine.badKey(key, why) });

type ErrorKind = keyof Texts["engine"]["errors"];

/** Kinds whose code is not `engine-` and the kind. */
const codes: Partial<Record<ErrorKind, ScheduleErrorCode>> = {
  protocol: "engine-tls",
  database: "engine-url",
  command: "engine-server",
  tooOld: "engine-server",
  unknown: "engine",
};

/** Errors of Redis, TLS and the network that do not pass by themselves, by message or code. */
const causes: readonly (readonly [RegExp, ErrorKind])[] = [
  [/^(WRONGPASS|NOAUTH|ERR (invalid password|AUTH|Client sent AUTH|.*without any password))/, "password"],
  [/^NOPERM/, "permission"],
  [/^(MOVED|CROSSSLOT|CLUSTERDOWN|ASK) /, "cluster"],
  [/^READONLY/, "replica"],
  [/^OOM/, "memory"],
  [/^MISCONF/, "disk"],
  [
    /^(WRONGTYPE|ERR (value|hash value|min or max) is not|ERR Error (running|compiling) script|.*user_script)/,
    "data",
  ],
  [/^Protocol error, got/, "protocol"],
  [/^ERR (DB index|invalid DB|SELECT)/, "database"],
  [/^ERR unknown command/, "command"],
  [/^ENOTFOUND$/, "host"],
  [/^(ERR_(SSL|TLS)_|.*CERT|SELF_SIGNED|UNABLE_TO_)/, "tls"],
];

/** Rejects with {@link noAnswer} if something takes too long. */
export const inTime = async <T>(clock: Clock, limit: number, work: Promise<T>): Promise<T> => {
  let cancel = () => {};
  const tooLate = new Promise<never>((_, reject) => {
    cancel = clock.wakeAt(later(clock.now(), limit as Milliseconds), () => reject(new Error(noAnswer)));
  });
  return Promise.race([work, tooLate]).finally(cancel);
};

export const noAnswer = "no answer";

/** A question that takes longer than this is reported. */
const answerTimeout = 5 * second;
const longestRetryDelay = 5 * second;
const warningInterval = minute;

/** The connection to Redis: reports when it is lost and back, and knows the server's time. */
export class Connection {
  readonly redis: Redis;
  /** Called each time Redis answers again. */
  onReady: () => void = () => {};
  isClosed = false;
  /** Why Redis cannot be reached, or could not when it was last away. */
  whyLost: string | undefined;
  readonly #place: string;
  readonly #host: Pick<EngineHost, "clock" | "warn" | "fail">;
  /** The server's time is this plus the monotonic clock. */
  #offset = 0;
  #roundTrip = Infinity;
  #measuredAt = -Infinity;
  #hasBeenReady = false;
  #hasReported = false;
  #silentSince: number | undefined;
  readonly #warned = new Map<string, number>();

  constructor({ url, place }: Address, peers: Peers, host: Pick<EngineHost, "clock" | "warn" | "fail">) {
    this.#place = place;
    this.#host = host;
    // Without `enableAutoPipelining`: when a connection breaks, the rest of a pipeline that is half answered is rejected instead of sent again.
    this.redis = new peers.Redis(url, {
      lazyConnect: true,
      maxRetriesPerRequest: null,
      connectTimeout: 4 * second,
      connectionName: "onthedot",
      retryStrategy: (times) =>
        this.isClosed ? null : Math.min(25 * 2 ** Math.min(times, 10), longestRetryDelay),
    });
    this.redis.on("error", (error) => this.#onError(error));
    this.redis.on("close", () => this.#onClose());
    this.redis.on("ready", () => {
      this.#hasBeenReady = true;
      this.#reportBack();
      this.onReady();
    });
  }

  /** Resolves when Redis answers. */
  open(): Promise<void> {
    return new Promise((resolve) => {
      this.redis.once("ready", resolve);
      // What goes wrong is also an event.
      this.redis.connect().catch(() => {});
    });
  }

  /** Checks what is known to go wrong with a server like this one. @throws ScheduleError */
  async check(): Promise<void> {
    const info = await this.redis.info();
    const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
    const [major = 0, minor = 0] = (field("redis_version") ?? "7.0").split(".").map(Number);
    const version = field("valkey_version") === undefined ? major * 100 + minor : 702;
    const policy = field("maxmemory_policy") ?? "noeviction";
    if (field("loading") === "1") throw new Error("LOADING Redis is loading its data");
    if (field("redis_mode") === "cluster" || field("cluster_enabled") === "1") throw this.#errorOf("cluster");
    if (field("role") === "slave" && field("slave_read_only") !== "0") throw this.#errorOf("replica");
    if (version < 602) throw this.#errorOf("tooOld", `${major}.${minor}`);
    if (policy !== "noeviction") this.warn(texts().engine.mayEvict(policy));
  }

  /** Asks for the server's time. Rejects if Redis does not answer in time. */
  async measure(): Promise<void> {
    const { clock } = this.#host;
    const sent = clock.monotonic();
    this.#silentSince ??= sent;
    try {
      const [seconds, micros] = await inTime(clock, answerTimeout, this.redis.time());
      const received = clock.monotonic();
      const time = Number(seconds) * second + Number(micros) / 1_000;
      if (!Number.isFinite(time)) throw badData("TIME", texts().engine.bad.time);
      if (received - this.#silentSince > answerTimeout) this.#reportBack();
      this.#silentSince = undefined;
      const roundTrip = received - sent;
      const offset = time - (sent + received) / 2;
      const hasJumped = Math.abs(offset - this.#offset) > (roundTrip + this.#roundTrip) / 2 + 20;
      if (!hasJumped && roundTrip > this.#roundTrip && received - this.#measuredAt < minute) return;
      [this.#roundTrip, this.#measuredAt, this.#offset] = [roundTrip, received, offset];
    } catch (error) {
      if ((error as Error).message === noAnswer && !this.isClosed)
        this.#lost(texts().notices.noAnswer((clock.monotonic() - (this.#silentSince ?? sent)) / second));
      throw error;
    }
  }

  /** The server's time, as well as it is known here. */
  now(): Instant {
    return Math.floor(this.#offset + this.#host.clock.monotonic()) as Instant;
  }

  /** How far this machine's clock is ahead of the server's. */
  get ahead(): Milliseconds {
    return (this.#host.clock.now() - this.now()) as Milliseconds;
  }

  /** Warns, but not of the same thing more often than once a minute. @returns whether it did */
  warn(message: string, topic = message): boolean {
    const now = this.#host.clock.monotonic();
    if (this.isClosed || now - (this.#warned.get(topic) ?? -Infinity) < warningInterval) return false;
    this.#warned.set(topic, now);
    this.#host.warn(message);
    return true;
  }

  /** The cause of an error of a connection or a command: undefined if it passes by itself. `engine-memory` and `engine-disk` may pass, too. */
  causeOf(error: Error): ScheduleError | undefined {
    if (error instanceof ScheduleError) return error;
    const message = masked(error.message);
    const { code = "" } = error as { code?: string };
    const [, kind] = causes.find(([pattern]) => pattern.test(message) || pattern.test(code)) ?? [];
    return kind && this.#errorOf(kind, message);
  }

  #errorOf(kind: ErrorKind, detail = ""): ScheduleError {
    const code = codes[kind] ?? (`engine-${kind}` as ScheduleErrorCode);
    const { errors, remedies } = texts().engine;
    return new ScheduleError({ code, what: errors[kind](this.#place, detail), accepted: remedies[kind] });
  }

  /** Reports an error of a command. @returns whether it may pass by itself */
  report(error: unknown): boolean {
    const cause = this.causeOf(error as Error);
    if (cause) this.warn(cause.message);
    else this.#lost(masked((error as Error).message));
    return !cause || cause.code === "engine-memory" || cause.code === "engine-disk";
  }

  /** Ends everything because of an error that does not pass. */
  fail(error: unknown): void {
    if (this.isClosed) return;
    this.close();
    const { message } = error as Error;
    this.#host.fail(this.causeOf(error as Error) ?? this.#errorOf("unknown", masked(message)));
  }

  #reportBack(): void {
    if (!this.#hasReported) return;
    this.#hasReported = false;
    this.#warned.clear();
    this.#host.warn(texts().engine.back(this.#place));
  }

  #onError(error: Error): void {
    if (this.isClosed) return;
    const isFatal = !this.#hasBeenReady && this.causeOf(error);
    if (isFatal) this.fail(isFatal);
    else if (!this.#hasBeenReady && /ETIMEDOUT|EPIPE|ECONNRESET/.test(error.message))
      this.#lost(texts().engine.neverReady(masked(error.message)));
    else this.report(error);
  }

  #onClose(): void {
    if (this.isClosed || this.#hasReported) return;
    const { closed, neverReady } = texts().engine;
    this.#lost(this.#hasBeenReady ? closed : neverReady(closed));
  }

  #lost(why: string): void {
    this.whyLost = why;
    if (!this.#hasReported) this.#warned.delete("lost");
    if (this.warn(texts().engine.unreachable(this.#place, why), "lost")) this.#hasReported = true;
  }

  close(): void {
    this.isClosed = true;
    this.redis.disconnect();
  }
}
