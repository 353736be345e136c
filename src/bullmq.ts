/**
 * The same script on many machines, which share their jobs in a Redis.
 *
 * ```ts no-run
 * import { every, run } from "onthedot";
 * import { bullmq } from "onthedot/bullmq";
 *
 * every().day.at("02:30").do(function backup() {});
 * run({ engine: bullmq("redis://localhost:6379") });
 * ```
 *
 * @module onthedot/bullmq
 */

import { BullmqEngine, type BullmqOptions, readSettings } from "./engine/bullmq/engine.ts";
import { findPeers } from "./engine/bullmq/redis.ts";
import type { Engine } from "./engine/engine.ts";

export type { BullmqOptions } from "./engine/bullmq/engine.ts";
export type { Engine } from "./engine/engine.ts";

/**
 * Shares the jobs of a script among all machines that run it: each occurrence starts on one of them, and pausing, cancelling and history apply to all.
 *
 * @param url of a Redis: `redis://user:password@host:6379`, or `rediss://` for TLS
 * @throws ScheduleError `engine-url`, `engine-options`, `options` · `peer-missing` if `bullmq` or `ioredis` is not installed
 * @example
 * ```ts
 * import { bullmq } from "onthedot/bullmq";
 *
 * const engine = bullmq("redis://localhost:6379", { queue: "shop" }); // for run({ engine })
 * console.log(engine.place);
 * //=> Redis at localhost:6379
 * ```
 */
export const bullmq = (url: string, options: BullmqOptions = {}): Engine =>
  new BullmqEngine(url, readSettings(options), findPeers());
