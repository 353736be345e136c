// What fails is tried again, what hangs is given up.
import type { RunContext } from "onthedot";
import { createScheduler, VirtualClock } from "onthedot/testing";

const clock = new VirtualClock("2026-11-23T09:00:00Z");
const { every, listen, start } = createScheduler({ clock, zone: "UTC" });
const say = (...words: unknown[]) =>
  console.log(new Date(clock.now()).toISOString().slice(11, 19), ...words);

export const attempts: Date[] = [];
async function flaky({ attempt }: RunContext) {
  attempts.push(new Date(clock.now()));
  await clock.sleep("2 seconds");
  if (attempt < 3) throw new Error("connection reset");
}

// Never ends by itself: only the signal ends it.
const hanging = ({ signal }: RunContext) =>
  new Promise((_, fail) =>
    signal.addEventListener("abort", () => fail(signal.reason)),
  );

export const jobs = [
  every().minute.times(1).retry(3, { delay: "5 seconds" }).do(flaky),
  every().minute.times(2).timeout("20 seconds").do(hanging),
];

listen("retrying", ({ job, attempt, error, wait }) =>
  say(job.name, `attempt ${attempt}: ${error}, again in ${wait / 1000} s`),
);
listen("succeeded", ({ job }) => say(job.name, "succeeded"));
listen("timedOut", ({ run }) => say(run.error));

start();
await clock.advance("3 minutes");
