// You will see a tick fall silent while another job computes for three seconds, and the warning about it.
import { every, listen, once, run } from "onthedot";

// JavaScript does one thing at a time. A job that waits (await) lets the others run; one that computes does not.

function compute() {
  console.log("computing");
  const end = Date.now() + 3200;
  while (Date.now() < end);
  console.log("computed");
}

function tick() {
  console.log("tick");
}

every().second.do(tick);
once("in 2 seconds").do(compute);

listen("missed", ({ job, run }) => console.log(`${job.name}: ${run.count} missed`));
listen("clockJumped", ({ cause, by }) => console.log(`${cause} for about ${Math.floor(by / 1000)} seconds`));
run();

// Afterwards the tick runs once for all the runs it missed, then at its old times again: no burst and no drift.

// It prints, in 8 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> tick
//=> tick
//=> computing
//=> computed
//=> stalled for about 2 seconds
//=> tick: 2 missed
//=> tick
//=> tick
//=> tick
//=> tick
