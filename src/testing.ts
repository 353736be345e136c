/**
 * A virtual clock, to test schedules without waiting.
 *
 * ```ts
 * import { createScheduler, VirtualClock } from "onthedot/testing";
 *
 * const clock = new VirtualClock("2026-03-28T12:00:00Z");
 * const { every, start } = createScheduler({ clock, zone: "Europe/Paris" });
 * every().day.at("02:30").do(() => console.log(new Date(clock.now()).toISOString()));
 * start();
 * await clock.advance("2 days"); // over the night in which 02:30 does not exist
 * //=> 2026-03-29T01:30:00.000Z
 * //=> 2026-03-30T00:30:00.000Z
 * ```
 *
 * @module onthedot/testing
 */
export { createScheduler, type Scheduler, type SchedulerOptions } from "./create.ts";
export type { SimulatedRun } from "./simulate/simulate.ts";
export { type Clock, systemClock } from "./time/clock.ts";
export { VirtualClock } from "./time/virtual-clock.ts";
