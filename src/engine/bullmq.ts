import { ScheduleError } from "../errors.ts";
import { requirePackage as require } from "../require-package.ts";

/** What a script in Redis answers. */
export type Reply = string | number | null | readonly Reply[];

/** The part of ioredis that is used. */
export interface Redis {
  connect(): Promise<void>;
  disconnect(): void;
  duplicate(): Redis;
  info(section?: string): Promise<string>;
  /** Makes a Lua text a method of the connection; it is sent once, and named by its hash from then on. */
  defineCommand(name: string, script: { readonly numberOfKeys: number; readonly lua: string }): void;
  zadd(key: string, score: number, member: string): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  on(event: "error", heard: (error: Error) => void): this;
  on(event: "ready" | "close", heard: () => void): this;
  on(event: "message", heard: (channel: string, message: string) => void): this;
}

export interface RedisOptions {
  readonly lazyConnect: true;
  readonly maxRetriesPerRequest: null;
  readonly connectTimeout: number;
  readonly retryStrategy: (times: number) => number | null;
  readonly connectionName: string;
}

/** A job of BullMQ's, as a worker gets it. It comes from outside: anything may stand in it. */
export interface Delivery {
  readonly id?: string;
  readonly data: unknown;
  moveToDelayed(at: number, token?: string): Promise<void>;
  moveToWait(token?: string): Promise<unknown>;
}

/** What is put into the queue. */
export interface Parcel {
  readonly name: string;
  readonly data: object;
  readonly opts: {
    readonly jobId: string;
    readonly timestamp: number;
    readonly delay?: number;
    readonly removeOnComplete: { readonly age: number; readonly count: number };
    readonly removeOnFail: { readonly age: number; readonly count: number };
  };
}

/** What is to start later, by when it was put there and how long it waits from then on. */
export interface Delayed {
  readonly timestamp: number;
  readonly delay: number;
  promote(): Promise<void>;
}

export interface Queue {
  /** The key in Redis of a part of the queue. */
  toKey(part: string): string;
  addBulk(parcels: readonly Parcel[]): Promise<unknown>;
  remove(id: string): Promise<number>;
  /** The next to start, from one place to another. */
  getDelayed(start: number, end: number): Promise<readonly Delayed[]>;
  on(event: "error", heard: (error: Error) => void): this;
  close(): Promise<void>;
}

export interface Worker {
  run(): Promise<void>;
  /** @param doNotWait for what is being worked on */
  pause(doNotWait: boolean): Promise<void>;
  on(event: "error", heard: (error: Error) => void): this;
  close(force?: boolean): Promise<void>;
}

export interface WorkerOptions {
  readonly connection: Redis;
  readonly autorun: false;
  readonly concurrency: number;
  readonly lockDuration: number;
  readonly stalledInterval: number;
  readonly maxStalledCount: number;
  readonly drainDelay: number;
  readonly runRetryDelay: number;
}

/** BullMQ and its driver, as far as they are used here. */
export interface Peers {
  readonly Redis: new (url: string, options: RedisOptions) => Redis;
  readonly Queue: new (
    name: string,
    options: { readonly connection: Redis; readonly streams: object },
  ) => Queue;
  readonly Worker: new (
    name: string,
    process: (delivery: Delivery, token?: string) => Promise<unknown>,
    options: WorkerOptions,
  ) => Worker;
  /** Thrown by a process function: the job was put back and is neither done nor failed. */
  readonly DelayedError: new (
    message?: string,
  ) => Error;
  readonly WaitingError: new (message?: string) => Error;
  /** Thrown by a process function: the job failed and will not be tried again. */
  readonly UnrecoverableError: new (
    message?: string,
  ) => Error;
}

/**
 * Finds BullMQ and ioredis, which are loaded only here: they take a tenth of a second.
 *
 * @throws ScheduleError `peer-missing` where one of them is not installed
 */
export const findBullmq = (load: (name: string) => unknown = require): Peers => {
  const { Redis } = peer("ioredis", load);
  const { Queue, Worker, DelayedError, WaitingError, UnrecoverableError } = peer("bullmq", load);
  return { Redis, Queue, Worker, DelayedError, WaitingError, UnrecoverableError };
};

const peer = (name: string, load: (name: string) => unknown): Peers => {
  try {
    return load(name) as Peers;
  } catch (error) {
    if ((error as { code?: unknown }).code !== "MODULE_NOT_FOUND") throw error;
    throw new ScheduleError({
      code: "peer-missing",
      what: `Many machines need ${name}, which is not installed`,
      accepted: "it beside onthedot: npm install bullmq ioredis",
    });
  }
};
