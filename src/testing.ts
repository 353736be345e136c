/**
 * A virtual clock, to test schedules without waiting.
 *
 * @packageDocumentation
 */
export { createScheduler, type Schedule, type SchedulerOptions } from "./create.ts";
export type { SimulatedRun } from "./simulation/simulate.ts";
export { type Clock, systemClock } from "./time/clock.ts";
export { VirtualClock } from "./time/virtual-clock.ts";
