// You will see a job that succeeds at its third attempt, and one that hangs and times out after two seconds.
import { setTimeout as sleep } from "node:timers/promises";
import { listen, once, type RunContext, run } from "onthedot";

function flaky({ attempt }: RunContext) {
  if (attempt < 3) throw new Error("connection reset");
  return `got it at attempt ${attempt}`;
}

async function hanging({ signal }: RunContext) {
  await sleep(60_000, undefined, { signal }); // fetch(url, { signal }) takes it too
}

// A task that ignores its signal keeps running, because a promise cannot be stopped from outside. Until it ends, its
// job starts no new run, and the screen says so.

// All attempts belong to one run. It waits one second before the first retry, two before the next, up to five minutes.
once("in 1 second").retry(3, { delay: "1 second" }).do(flaky);
once("in 1 second").timeout("2 seconds").do(hanging);

listen("retrying", ({ job, error, wait }) => console.log(`${job.name}: ${error}, again in ${wait} ms`));
listen("succeeded", ({ job, value }) => console.log(`${job.name}: ${value}`));
listen("timedOut", ({ job, run }) => console.log(`${job.name}: ${run.error}`));
run();

// It prints, in 5 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> flaky: Error: connection reset, again in 1000 ms
//=> flaky: Error: connection reset, again in 2000 ms
//=> hanging: TimeoutError: hanging took longer than 2 seconds
//=> flaky: got it at attempt 3
