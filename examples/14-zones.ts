// You will see one time of day in four zones, and which comes first.
import { every } from "onthedot";

const zones = ["America/New_York", "Europe/London", "Asia/Shanghai", "Asia/Kolkata"];

const calls = zones.map((zone) => {
  const chain = every().weekday.at("09:00").in(zone);
  return { means: chain.describe(), next: chain.next()[0]! };
});
calls.sort((a, b) => a.next.getTime() - b.next.getTime());

for (const { means, next } of calls) console.log(`${next.toISOString()}  ${means}`);

// A zone name such as "Europe/London" includes the clock changes of that place; "UTC+1" does not.
// Without .in(…) a job uses its scheduler's zone, by default that of the machine.

// It prints:
//=> 2026-03-02T09:00:00.000Z  every weekday at 09:00 Europe/London time
//=> 2026-03-02T14:00:00.000Z  every weekday at 09:00 America/New_York time
//=> 2026-03-03T01:00:00.000Z  every weekday at 09:00 Asia/Shanghai time
//=> 2026-03-03T03:30:00.000Z  every weekday at 09:00 Asia/Kolkata time
