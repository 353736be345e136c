// You will see a tick keep running while another job computes in a thread of its own.
import { every, listen, once, run } from "onthedot";

//  APScheduler: executors={"default": ProcessPoolExecutor()}. Here the job is a file whose default export is run:
//  primes.ts beside this one. Its arguments are copied into the thread, and what it returns is copied back.

function tick() {
  console.log("tick");
}

every().second.do(tick);
once("in 2 seconds").worker(new URL("./primes.ts", import.meta.url), 2_000_000);

listen("started", ({ job }) => {
  if (job.name === "primes") console.log("primes begins");
});
listen("succeeded", ({ job, value }) => {
  if (job.name === "primes") console.log(value);
});
run();

// A timeout, job.cancel() and Ctrl-C end the thread, even in the middle of its work.

// It prints, in 4 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> tick
//=> tick
//=> primes begins
//=> tick
//=> tick
//=> 148933 primes up to 2000000
