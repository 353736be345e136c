import type { ScheduleError } from "../../errors.ts";
import type { Clock } from "../../time/clock.ts";
import type { Instant, Milliseconds } from "../../time/instant.ts";
import { minute, second } from "../../time/plain-time.ts";
import type { Peers, Redis, Reply } from "../bullmq.ts";
import { type Address, masked } from "./address.ts";
import { type ScriptName, scripts } from "./scripts.ts";
import { isOtherWay, otherWay, troubleOf } from "./trouble.ts";

/** What a link tells. */
export interface LinkHost {
  readonly clock: Clock;
  warn(message: string): void;
  /** What was said of Redis is wrong. */
  fail(error: ScheduleError): void;
}

/** The wait between two tries grows up to this. */
const longestWait = 5 * second;

/** Two warnings that Redis is away are no nearer to each other. */
const quiet = minute;

/** A clock that differs more from that of Redis is told. */
const clockTolerance = 2 * second;

/** An estimate of Redis's time is taken for better than one that is older than this, whatever it is. */
const estimateLasts = minute;

/** The connection to Redis: tells when it is away and back, and knows its time. */
export class Link {
  readonly redis: Redis;
  readonly #address: Address;
  readonly #host: LinkHost;
  readonly #key: string;
  /** Redis's time is this plus the monotonic clock. */
  #ahead = 0;
  #roundTrip = Infinity;
  #estimatedAt = -Infinity;
  #hasBeenReady = false;
  #isClosed = false;
  /** Why the connection fails has been told by itself. */
  #hasHeard = false;
  #warnedAt = -Infinity;
  #isTold = false;
  #hasToldClock = false;
  #onReady: (() => void)[] = [];

  constructor(address: Address, queue: string, peers: Peers, host: LinkHost) {
    this.#address = address;
    this.#host = host;
    this.#key = `onthedot:{${queue}}`;
    this.redis = new peers.Redis(address.url, {
      lazyConnect: true,
      maxRetriesPerRequest: null,
      connectTimeout: 4 * second,
      connectionName: "onthedot",
      retryStrategy: (times) =>
        this.#isClosed ? null : Math.min(25 * 2 ** Math.min(times, 10), longestWait),
    });
    for (const [name, lua] of scripts) this.redis.defineCommand(methodOf(name), { numberOfKeys: 1, lua });
    this.redis.on("error", (error) => this.#heard(error));
    this.redis.on("close", () => this.#lost());
    this.redis.on("ready", () => this.#ready());
  }

  /** Resolves as soon as Redis answers. */
  open(): Promise<void> {
    return new Promise((resolve) => {
      this.#onReady.push(resolve);
      // What goes wrong is told as an event, too.
      this.redis.connect().catch(() => {});
    });
  }

  /** The key that all of ours begin with, and the name of the channel. */
  get channel(): string {
    return `${this.#key}:control`;
  }

  /** Runs a script. When Redis is away, it is run as soon as it is back: scripts do no harm when they are run twice. */
  run(name: ScriptName, ...args: readonly (string | number)[]): Promise<Reply> {
    const method = (this.redis as unknown as Record<string, (...given: unknown[]) => Promise<Reply>>)[
      methodOf(name)
    ]!;
    return method.call(this.redis, this.#key, ...args);
  }

  /** Runs a script whose answer begins with Redis's time. */
  async ask(name: ScriptName, ...args: readonly (string | number)[]): Promise<readonly Reply[]> {
    const sent = this.#host.clock.monotonic();
    const answer = (await this.run(name, ...args)) as readonly Reply[];
    this.#estimate(Number(answer[0]), sent, this.#host.clock.monotonic());
    return answer;
  }

  #estimate(time: number, sent: number, received: number): void {
    const roundTrip = received - sent;
    const ahead = time - (sent + received) / 2;
    // Redis's clock was set, or this machine slept: then no error of either estimate tells their difference.
    const isOff = Math.abs(ahead - this.#ahead) > (roundTrip + this.#roundTrip) / 2 + second / 10;
    if (!isOff && roundTrip > this.#roundTrip && received - this.#estimatedAt < estimateLasts) return;
    this.#roundTrip = roundTrip;
    this.#estimatedAt = received;
    this.#ahead = ahead;
    this.#compareClocks();
  }

  #compareClocks(): void {
    const by = this.behind;
    if (Math.abs(by) <= clockTolerance) this.#hasToldClock = false;
    else if (!this.#hasToldClock) {
      this.#hasToldClock = true;
      const way = by > 0 ? "behind" : "ahead of";
      this.#host.warn(
        `the clock of this machine is ${(Math.abs(by) / second).toFixed(1)} seconds ${way} that of Redis, by which jobs start`,
      );
    }
  }

  /** Redis's time, as well as it is known here. */
  now(): Instant {
    return Math.floor(this.#ahead + this.#host.clock.monotonic()) as Instant;
  }

  /** How far this machine's clock is behind Redis's. */
  get behind(): Milliseconds {
    return (this.now() - this.#host.clock.now()) as Milliseconds;
  }

  #ready(): void {
    this.#hasBeenReady = true;
    if (this.#isTold) this.#host.warn(`Redis at ${this.#address.place} is back`);
    this.#isTold = false;
    this.#warnedAt = -Infinity;
    for (const tell of this.#onReady) tell();
  }

  /** Called each time Redis answers again. */
  onReady(tell: () => void): void {
    this.#onReady.push(tell);
  }

  #heard(error: Error): void {
    if (this.#isClosed) return;
    this.#hasHeard = true;
    const trouble = troubleOf(error, this.#address);
    if (trouble !== "down" && !this.#hasBeenReady) this.#fail(trouble);
    else if (!this.#hasBeenReady && /ETIMEDOUT|EPIPE|ECONNRESET/.test(error.message)) void this.#probe(error);
    else this.#away(trouble === "down" ? masked(error.message) : trouble.message);
  }

  async #probe(error: Error): Promise<void> {
    if (await isOtherWay(this.#address)) this.#fail(otherWay(this.#address));
    else this.#away(masked(error.message));
  }

  #lost(): void {
    if (this.#isClosed) return;
    const error = new Error("the connection was closed");
    if (this.#hasBeenReady) this.#away(error.message);
    else if (!this.#hasHeard) void this.#probe(error);
    this.#hasHeard = false;
  }

  #away(why: string): void {
    const now = this.#host.clock.monotonic();
    if (now - this.#warnedAt < quiet) return;
    this.#warnedAt = now;
    this.#isTold = true;
    this.#host.warn(
      `Redis at ${this.#address.place} cannot be reached (${why}); it is tried again and again`,
    );
  }

  #fail(error: ScheduleError): void {
    if (this.#isClosed) return;
    this.close();
    this.#host.fail(error);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#isClosed = true;
    this.redis.disconnect();
  }
}

const methodOf = (name: ScriptName): string => `onthedot_${name}`;
