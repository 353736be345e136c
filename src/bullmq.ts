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

import { readAddress } from "./engine/bullmq/address.ts";
import { BullmqEngine } from "./engine/bullmq/engine.ts";
import { type BullmqOptions, readOptions } from "./engine/bullmq/options.ts";
import { findBullmq } from "./engine/bullmq.ts";
import type { Engine } from "./engine/engine.ts";

export type { BullmqOptions } from "./engine/bullmq/options.ts";
export type { Engine } from "./engine/engine.ts";

/**
 * Shares the jobs of a script among all machines that run it: each occurrence is started by one of them, and paused, cancelled and looked at it is for all.
 *
 * @param url of a Redis: `redis://user:password@host:6379`, or `rediss://` for TLS
 * @throws ScheduleError `engine-url`, `engine-options`, `options` · `peer-missing` where `bullmq` or `ioredis` is not installed
 */
export const bullmq = (url: string, options: BullmqOptions = {}): Engine => {
  const address = readAddress(url);
  const settings = readOptions(options);
  return new BullmqEngine(address, settings, findBullmq());
};
