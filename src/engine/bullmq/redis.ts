/** All that is Redis's own: its address, its time, and what goes wrong with it. */
import type { Redis } from "ioredis";
import { ScheduleError, type ScheduleErrorCode } from "../../errors.ts";
import { requirePackage } from "../../require-package.ts";
import { type Texts, texts } from "../../text/text.ts";
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
    let found: object;
    try {
      found = load(name) as object;
    } catch (error) {
      if ((error as { code?: unknown }).code !== "MODULE_NOT_FOUND") throw error;
      throw new ScheduleError({ code: "peer-missing", ...texts().engine.peerMissing(name) });
    }
    if (newest in found) return found;
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
  const url = typeof given === "string" ? parseUrl(given) : undefined;
  const port = url?.port === "" ? "6379" : url?.port;
  if (url && port !== "0" && /^\/?\d*$/.test(url.pathname))
    return { url: url.href, place: `${url.hostname}:${port}` };
  const nearest = url
    ? port === "0"
      ? undefined
      : `${url.protocol}//${url.hostname}:${port}/0`
    : typeof given === "string" && nearestUrl(given);
  throw new ScheduleError({
    code: "engine-url",
    ...texts().engine.address,
    given: isHarmless(String(given)) ? given : texts().engine.hidden,
    ...(nearest && { nearest }),
  });
};

const parseUrl = (given: string): URL | undefined => {
  if (!URL.canParse(given)) return undefined;
  const url = new URL(given);
  // What is percent-encoded wrongly breaks the driver.
  const isEncoded = !/%(?![\da-f]{2})/i.test(url.username + url.password);
  return /^rediss?:$/.test(url.protocol) && url.hostname !== "" && isEncoded ? url : undefined;
};

/** Most often the scheme is missing, or it is that of the web. */
const nearestUrl = (given: string): string | undefined => {
  const tried = `redis://${given.trim().replace(/^[a-z+]*:?\/\//i, "")}`;
  return parseUrl(tried) && isHarmless(given.trim()) ? JSON.stringify(tried) : undefined;
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

const engineError = (kind: ErrorKind, place: string, detail = ""): ScheduleError =>
  new ScheduleError({
    code: codes[kind] ?? (`engine-${kind}` as ScheduleErrorCode),
    ...texts().engine.errors[kind](place, detail),
  });

/** Errors of Redis, TLS and the network that do not pass by themselves, by message or code. */
const causes: readonly (readonly [RegExp, ErrorKind])[] = [
  [/^(WRONGPASS|NOAUTH|ERR (invalid password|AUTH|Client sent AUTH|.*without any password))/, "password"],
  [/^NOPERM/, "permission"],
  [/^(MOVED|CROSSSLOT|CLUSTERDOWN|ASK) /, "cluster"],
  [/^READONLY/, "replica"],
  [/^OOM/, "memory"],
  [
    /^(WRONGTYPE|ERR (value|hash value|min or max) is not|ERR Error (running|compiling) script|.*user_script)/,
    "data",
  ],
  [/^MISCONF/, "disk"],
  [/^Protocol error, got/, "protocol"],
  [/^ERR (DB index|invalid DB|SELECT)/, "database"],
  [/^ERR unknown command/, "command"],
  [/^ENOTFOUND$/, "host"],
  [/^(ERR_(SSL|TLS)_|.*CERT|SELF_SIGNED|UNABLE_TO_)/, "tls"],
];

/** The cause of an error of a connection or a command: `"down"` passes by itself, the rest does not. `engine-memory` and `engine-disk` may pass, too. */
export const causeOf = (error: Error, { place }: Address): "down" | ScheduleError => {
  if (error instanceof ScheduleError) return error;
  const message = masked(error.message);
  const { code = "" } = error as { code?: string };
  const [, cause] = causes.find(([pattern]) => pattern.test(message) || pattern.test(code)) ?? [];
  return cause ? engineError(cause, place, message) : "down";
};

/** A question that takes longer than this is reported. */
const answerTimeout = (5 * second) as Milliseconds;
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
  readonly #address: Address;
  readonly #host: Pick<EngineHost, "clock" | "warn" | "fail">;
  /** The server's time is this plus the monotonic clock. */
  #offset = 0;
  #roundTrip = Infinity;
  #measuredAt = -Infinity;
  #hasBeenReady = false;
  #hasReported = false;
  #silentSince: number | undefined;
  readonly #warned = new Map<string, number>();

  constructor(address: Address, peers: Peers, host: Pick<EngineHost, "clock" | "warn" | "fail">) {
    this.#address = address;
    this.#host = host;
    this.redis = new peers.Redis(address.url, {
      lazyConnect: true,
      maxRetriesPerRequest: null,
      connectTimeout: 4 * second,
      connectionName: "onthedot",
      retryStrategy: (times) =>
        this.isClosed ? null : Math.min(25 * 2 ** Math.min(times, 10), longestRetryDelay),
    });
    this.redis.on("error", (error) => this.#onError(error));
    this.redis.on("close", () => this.#onClose());
    this.redis.on("ready", () => this.#ready());
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
    if (field("redis_mode") === "cluster" || field("cluster_enabled") === "1")
      throw engineError("cluster", this.#address.place);
    if (field("role") === "slave" && field("slave_read_only") !== "0")
      throw engineError("replica", this.#address.place);
    if (version < 602) throw engineError("tooOld", this.#address.place, `${major}.${minor}`);
    if (policy !== "noeviction") this.warn(texts().engine.mayEvict(policy));
  }

  /** Asks for the server's time. Rejects if Redis does not answer in time. */
  async measure(): Promise<void> {
    const { clock } = this.#host;
    const sent = clock.monotonic();
    this.#silentSince ??= sent;
    let cancel = () => {};
    const silence = new Promise<never>((_, reject) => {
      cancel = clock.wakeAt(later(clock.now(), answerTimeout), () => reject(new Error("no answer")));
    });
    try {
      const [seconds, micros] = await Promise.race([this.redis.time(), silence]);
      const received = clock.monotonic();
      const time = Number(seconds) * second + Number(micros) / 1_000;
      if (!Number.isFinite(time)) throw badData("TIME", texts().engine.bad.time);
      if (received - this.#silentSince > answerTimeout && this.#hasReported) this.#reportBack();
      this.#silentSince = undefined;
      const roundTrip = received - sent;
      const offset = time - (sent + received) / 2;
      const hasJumped = Math.abs(offset - this.#offset) > (roundTrip + this.#roundTrip) / 2 + 20;
      if (!hasJumped && roundTrip > this.#roundTrip && received - this.#measuredAt < minute) return;
      [this.#roundTrip, this.#measuredAt, this.#offset] = [roundTrip, received, offset];
    } catch (error) {
      if ((error as Error).message === "no answer" && !this.isClosed)
        this.#lost(texts().engine.noAnswer((clock.monotonic() - (this.#silentSince ?? sent)) / second));
      throw error;
    } finally {
      cancel();
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

  /** The cause of an error, as far as it is known. */
  causeOf(error: Error): Error {
    const cause = causeOf(error, this.#address);
    return cause === "down" ? error : cause;
  }

  /** Reports an error of a command. @returns whether it may pass by itself */
  report(error: unknown): boolean {
    const cause = causeOf(error as Error, this.#address);
    if (cause === "down") this.#lost(masked((error as Error).message));
    else this.warn(cause.message);
    return cause === "down" || cause.code === "engine-memory" || cause.code === "engine-disk";
  }

  /** Ends everything because of an error that does not pass. */
  fail(error: unknown): void {
    const cause = causeOf(error as Error, this.#address);
    if (this.isClosed) return;
    this.close();
    this.#host.fail(
      cause === "down"
        ? engineError("unknown", this.#address.place, masked((error as Error).message))
        : cause,
    );
  }

  #ready(): void {
    this.#hasBeenReady = true;
    if (this.#hasReported) this.#reportBack();
    this.onReady();
  }

  #reportBack(): void {
    this.#hasReported = false;
    this.#warned.clear();
    this.#host.warn(texts().engine.back(this.#address.place));
  }

  #onError(error: Error): void {
    if (this.isClosed) return;
    const cause = causeOf(error, this.#address);
    if (this.#hasBeenReady) this.report(error);
    else if (cause !== "down") this.fail(cause);
    else if (/ETIMEDOUT|EPIPE|ECONNRESET/.test(error.message))
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
    if (this.warn(texts().engine.unreachable(this.#address.place, why), "lost")) this.#hasReported = true;
  }

  close(): void {
    this.isClosed = true;
    this.redis.disconnect();
  }
}
