// You will see a service with fixed tasks at 08:00, 12:00 and 18:00, and a push to each subscriber four minutes ahead.
import { Redis } from "ioredis";
import { every, type RunContext, run } from "onthedot";

//  $ redis-cli zadd demo:subscription 542 "user:7|tag:news" 2 "user:8|tag:weather"

const redis = new Redis(process.env.REDIS_URL ?? "redis://localhost:6379", { maxRetriesPerRequest: 1 });
redis.on("error", () => {}); // if Redis is unreachable, only the pushes that need it fail

async function say(text: string, { scheduled }: RunContext) {
  console.log(scheduled.toTimeString().slice(0, 5), text);
}

// The score is the minute of the day, 0 to 1439: 542 is 09:02. The usual tutorial stores 902 and searches from 858 to 858 + 4 = 862, so it
// never finds what is due at 09:02, nor 00:02 from 23:58. Minutes can be added, and wrap around after 1439.
async function dueFrom(minute: number): Promise<string[]> {
  const [today, tomorrow] = await Promise.all([
    redis.zrangebyscore("demo:subscription", minute, minute + 4),
    redis.zrangebyscore("demo:subscription", 0, minute + 4 - 1440),
  ]);
  return [...today, ...tomorrow];
}

async function push(member: string, context: RunContext) {
  const [, user, tag] = /^user:([^|]+)\|tag:(.+)$/.exec(member) ?? [];
  if (!user) throw new Error(`Subscription: got "${member}", expected "user:<id>|tag:<name>"`);
  const pushed = `demo:pushed:${member}`;
  if (!(await redis.set(pushed, "1", "EX", 600, "NX"))) return; // within the last ten minutes
  try {
    await say(`push to user ${user}: ${tag}`, context); // stands for await fetch(…)
  } catch (error) {
    await redis.del(pushed); // and the next minute tries again
    throw error;
  }
}

async function pushDue(context: RunContext) {
  const members = await dueFrom(context.scheduled.getHours() * 60 + context.scheduled.getMinutes());
  const pushes = await Promise.allSettled(members.map((member) => push(member, context)));
  const failed = pushes.filter((one) => one.status === "rejected").map(({ reason }) => reason as Error);
  if (failed.length > 0) throw new AggregateError(failed, failed.map(({ message }) => message).join("; "));
}

every().day.at("08:00").named("morning").do(say, "good morning");
every().day.at("12:00").named("noon").do(say, "time for lunch");
every().day.at("18:00").named("evening").do(say, "the day's report");
every().minute.at(":00").named("push").timeout("30 seconds").do(pushDue);
run();

// It prints, beside a Redis, in 24 hours from 2026-03-02 08:57:30 in Europe/Berlin:
//=> 08:58 push to user 7: news
//=> 12:00 time for lunch
//=> 18:00 the day's report
//=> 23:58 push to user 8: weather
//=> 08:00 good morning
