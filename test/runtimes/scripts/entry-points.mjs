// Uses every entry point once.
import module from "node:module";
import {
  CancelJob,
  createScheduler,
  cron,
  every,
  jobs,
  once,
  run,
  runPending,
  ScheduleError,
  simulate,
  when,
} from "onthedot";
import { bullmq } from "onthedot/bullmq";
import * as schedule from "onthedot/schedule";
import { sqlite } from "onthedot/sqlite";
import * as testing from "onthedot/testing";

const check = (what, isRight) => {
  if (!isRight) throw new Error(what);
};

every()
  .second.do(() => {})
  .cancel();
check("a phrase", when("every weekday at 9am").describe() === "every weekday at 09:00");
check("a Chinese phrase", when("每周一和周三下午3点半").describe() === "every Monday and Wednesday at 15:30");
check("a cron expression", cron("0 9 * * 1-5").describe() === "every weekday at 09:00");
check("one moment", once("tomorrow at 9am").next(1).length === 1);
check("a moment that chrono-node reads", once("the day after tomorrow at 5pm").next(1).length === 1);
check("onthedot/schedule", typeof schedule.run_pending === "function");

check("the compile cache is left to the program", module.getCompileCacheDir?.() === undefined);

let error;
try {
  every("wekday at 9am");
} catch (thrown) {
  error = thrown;
}
check("an error", error instanceof ScheduleError && error.nearest === '"weekday"');

const clock = new testing.VirtualClock("2026-03-28T12:00:00Z");
const paris = createScheduler({ clock, zone: "Europe/Paris" });
const starts = [];
paris.cron("30 2 * * *").do(() => starts.push(new Date(clock.now()).toISOString()));
paris.start();
await clock.advanceTo("2026-03-30T12:00:00Z");
check(`starts ${starts}`, starts.join() === "2026-03-29T01:30:00.000Z,2026-03-30T00:30:00.000Z");
await paris.stop();

bullmq("redis://127.0.0.1:1");
await runPending();

const ran = [];
every()
  .second.times(1)
  .do(function task() {
    ran.push("task");
  });
every().second.times(1).exec(process.execPath, ["--version"]);
every()
  .second.times(1)
  .worker(new URL("./six-times.mjs", import.meta.url), 7);
every()
  .second.named("ends itself")
  .do(() => {
    ran.push("ends itself");
    return CancelJob;
  });
check("simulate", (await simulate("2030-01-01T00:00:00Z", "2030-01-01T00:01:00Z")).length > 0);
const all = jobs();
await run({ store: sqlite(process.argv[2]) });
check(`ran ${ran}`, ran.sort().join() === "ends itself,task");
const outcomes = all.map((job) => `${job.name} ${job.history().map(({ outcome }) => outcome)}`);
check(
  `outcomes: ${outcomes.join("; ")}`,
  outcomes.every((text) => /^\S.* succeeded$/.test(text)),
);
console.log("entry points: ok");
