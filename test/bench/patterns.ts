/** A cron expression that every contender is asked about. */
export interface Pattern {
  readonly name: string;
  /** Five fields, six with seconds. */
  readonly cron: string;
  readonly zone: string;
  /** The same as an RFC 5545 rule in UTC. */
  readonly rule?: string;
}

/** The rules of rrule count from here. */
export const begin = Date.UTC(2025, 11, 31);

/** The first question asks for the occurrence after this. */
export const from = Date.UTC(2026, 2, 1);

export const patterns: readonly Pattern[] = [
  { name: "every minute", cron: "* * * * *", zone: "UTC", rule: "FREQ=MINUTELY" },
  { name: "every 5 minutes", cron: "*/5 * * * *", zone: "UTC", rule: "FREQ=MINUTELY;INTERVAL=5" },
  {
    name: "weekdays at 09:00",
    cron: "0 9 * * 1-5",
    zone: "UTC",
    rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9;BYMINUTE=0",
  },
  {
    name: "1st of the month",
    cron: "0 0 1 * *",
    zone: "UTC",
    rule: "FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=0;BYMINUTE=0",
  },
  {
    name: "29 February",
    cron: "0 0 29 2 *",
    zone: "UTC",
    rule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYHOUR=0;BYMINUTE=0",
  },
  {
    name: "last of the month",
    cron: "0 12 L * *",
    zone: "UTC",
    rule: "FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=12;BYMINUTE=0",
  },
  { name: "every 15 seconds", cron: "*/15 * * * * *", zone: "UTC", rule: "FREQ=SECONDLY;INTERVAL=15" },
  { name: "02:30 daily", cron: "30 2 * * *", zone: "Europe/Amsterdam" },
  { name: "every 30 minutes", cron: "*/30 * * * *", zone: "Europe/Amsterdam" },
  { name: "weekdays at 09:00", cron: "0 9 * * 1-5", zone: "America/New_York" },
  { name: "01:30:15 daily", cron: "15 30 1 * * *", zone: "America/New_York" },
  { name: "5,35 8-18/2 on the 1st and 15th", cron: "5,35 8-18/2 1,15 * *", zone: "America/New_York" },
];
