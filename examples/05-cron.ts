// You will see what five cron expressions mean and when they are next; then the last one runs every ten seconds.
import { cron, run } from "onthedot";

//  crontab                                      here
//  */5 9-17 * * mon-fri  /home/me/poll.sh       cron("*/5 9-17 * * mon-fri").do(poll)
//
//  APScheduler counts weekdays from Monday = 0, so "0" means another day there than in a crontab:
//  scheduler = BackgroundScheduler()
//  scheduler.add_job(poll, CronTrigger.from_crontab("0 9 * * 0"))     # Mondays
//  scheduler.start()                                                  # here: cron("0 9 * * 0") is Sundays

const expressions = ["*/5 9-17 * * mon-fri", "0 9 * * 0", "30 18 L * *", "0 9 * * 1#1", "*/10 * * * * *"];

for (const expression of expressions) {
  const [next] = cron(expression).next();
  console.log(`${expression} · ${cron(expression).describe()} · ${next?.toLocaleString("en-GB")}`);
}

function poll() {
  console.log(`polling at ${new Date().toLocaleTimeString("en-GB")}`);
}

cron("*/10 * * * * *").do(poll); // six fields: the first is the second
run();

// It prints, in 25 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> */5 9-17 * * mon-fri · every 5 minutes during hours 9 to 17 on weekdays · 02/03/2026, 09:05:00
//=> 0 9 * * 0 · every Sunday at 09:00 · 08/03/2026, 09:00:00
//=> 30 18 L * * · on the last day of every month at 18:30 · 31/03/2026, 18:30:00
//=> 0 9 * * 1#1 · on the first Monday of every month at 09:00 · 06/04/2026, 09:00:00
//=> */10 * * * * * · every 10 seconds, aligned to the clock · 02/03/2026, 09:00:10
//=> polling at 09:00:10
//=> polling at 09:00:20
