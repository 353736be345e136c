// You will see a tick that is paused after three seconds and resumes three seconds later, at its old times.
import { every, once, pause, resume, run } from "onthedot";

//  APScheduler: job.pause(), job.resume(). schedule: cancel it, and create it again.

//  With a store it also works from another terminal: npx tsx myjobs.ts pause backup

const begin = Date.now();

function tick() {
  console.log(`tick after ${Math.round((Date.now() - begin) / 1000)} seconds`);
}

function hush() {
  pause("noisy"); // the jobs with a tag; pause(job) is one, pause() is all
  console.log(`paused: ${job.isPaused}, next run: ${job.nextRun}`);
}

function restore() {
  resume("noisy");
  console.log(`paused: ${job.isPaused}`);
}

const job = every().second.tag("noisy").do(tick);
once("in 3 seconds").do(hush);
once("in 6 seconds").do(restore);
run();

// It prints, in 9 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> tick after 1 seconds
//=> tick after 2 seconds
//=> tick after 3 seconds
//=> paused: true, next run: null
//=> paused: false
//=> tick after 7 seconds
//=> tick after 8 seconds
//=> tick after 9 seconds
