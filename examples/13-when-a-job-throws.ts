// You will see a job that throws, one that keeps running beside it, and a pause after three failures.
import { every, listen, run } from "onthedot";

//  schedule: an exception ends run_pending() and the program; if you catch it, the failing job comes first
//  again at every check, and the others starve.

function broken() {
  throw new Error("no such host");
}
function healthy() {
  console.log("healthy: fine");
}

every(2).seconds.pauseAfterFailures(3).do(broken);
every(2).seconds.do(healthy);

listen("failed", ({ job, run }) => console.log(`${job.name}: ${run.error}`));
listen("paused", ({ job, why }) => console.log(`${job.name}: paused, ${why}`));
run();

// It prints, in 8 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> broken: Error: no such host
//=> healthy: fine
//=> broken: Error: no such host
//=> healthy: fine
//=> broken: Error: no such host
//=> broken: paused, 3 runs in a row failed
//=> healthy: fine
//=> healthy: fine
