import type { Scheduler } from "../../../src/create.ts";
import type { RunContext } from "../../../src/job.ts";

/** Half an hour, midnight, the far south, and one that never changes. */
export const zones = [
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "America/Santiago",
  "Africa/Cairo",
  "Asia/Kolkata",
] as const;

/**
 * Says jobs in six zones whose times lie where clocks are changed, and tells of each run.
 *
 * @param drawn minutes after midnight, for one job more in each zone
 */
export const sayNightJobs = (
  { every, cron, on }: Scheduler,
  drawn: readonly number[],
  ran: (context: RunContext) => void,
): void => {
  const times = drawn.map((minute) => new Date(minute * 60_000).toISOString().slice(11, 16));
  for (const zone of zones) {
    const named = (name: string) => `${zone}:${name}`;
    every().day.at("00:00", "01:30", "02:00", "02:30", "03:00").in(zone).named(named("daily")).do(ran);
    every()
      .day.at(...times)
      .in(zone)
      .named(named("drawn"))
      .do(ran);
    every().sunday.at("02:15").in(zone).named(named("sundays")).do(ran);
    every(3).days.at("23:45").in(zone).named(named("every-third-day")).do(ran);
    every().month.on("last day").at("00:30").in(zone).named(named("month's-end")).do(ran);
    cron("30 1,2 * * *").in(zone).named(named("cron-fixed")).do(ran);
    cron("*/30 0-4 * * *").in(zone).named(named("cron-starred")).do(ran);
    every(45).minutes.between("00:30", "03:30").in(zone).named(named("window")).do(ran);
    every(90).minutes.in(zone).named(named("interval")).do(ran);
    on("the last sunday of the month at 2:45am").in(zone).named(named("phrase")).do(ran);
  }
};
