import type { Scheduler } from "../../../src/create.ts";

/** The jobs of a script that is restarted every minute from midnight on, 3 March 2026. */
export const registerAll = ({ once, every, cron }: Scheduler): void => {
  const task = () => {};
  once("2026-03-03 01:30").named("moment").do(task);
  once("in 90 minutes").named("length").do(task);
  // Due while the script is away.
  once("2026-03-03T02:00:55Z").named("away").do(task);
  every(30).minutes.times(3).named("count").do(task);
  every(7).minutes.for("1 hour").named("span").do(task);
  cron("*/15 * * * *").until("2026-03-03 03:00").named("until").do(task);
  every(10).minutes.named("beat").do(task);
};
