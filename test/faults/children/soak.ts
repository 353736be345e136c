/**
 * Very many jobs for a long time: `soak.js <seconds> <seed> [control]`. Says what it counted as JSON at the end.
 *
 * The control loses one occurrence in five hundred, as if another process had taken it, and lets go of nothing.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { RunContext } from "../../../src/job.ts";
import { usualPolicies } from "../../../src/policy/policies.ts";
import { bounded, interval } from "../../../src/recurrence/build.ts";
import { SchedulerCore } from "../../../src/scheduler/scheduler.ts";
import { Loop } from "../../../src/scheduler/timer.ts";
import { memoryStore } from "../../../src/store/memory.ts";
import type { JobRecord, JobStore } from "../../../src/store/store.ts";
import { systemClock } from "../../../src/time/clock.ts";
import type { Instant } from "../../../src/time/instant.ts";
import { utc } from "../../../src/time/zone.ts";

const [seconds, seed, control] = process.argv.slice(2) as [string, string, string?];
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const heap = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

let claims = 0;
const withLosses = (store: JobStore): JobStore => ({
  ...store,
  register(job) {
    const jobRecord = store.register(job);
    jobRecord.jobState = () => ({
      recurrence: job.recurrence,
      anchor: job.anchor,
      runCount: 0,
      lastDecided: lost.get(jobRecord)!,
    });
    return jobRecord;
  },
  claimAll: (all, begun, now) =>
    all.map((claim) => {
      if (++claims % 500 !== 0) return store.claimAll([claim], begun, now)[0]!;
      lost.set(claim.jobRecord, claim.to);
      return "lost";
    }),
});
const lost = new Map<JobRecord, Instant>();

/** Five hundred start each second, and the others so seldom that together they start a thousand times a second; all at moments of their own. */
const often = 500;
const jobs = 100_000;
const periodOf = (job: number): number => (job < often ? 1_000 : 99_500);

const store = control ? withLosses(memoryStore()) : memoryStore();
const scheduler = new SchedulerCore({ clock: systemClock, zone: utc, store });
const loop = new Loop(scheduler);
const lateness = new Uint32Array(10_001);
const kept: unknown[] = [];
const begin = Date.now() + 2_000;
const firstOf = (job: number): Instant => (begin + ((job * 7_919 + Number(seed)) % periodOf(job))) as Instant;
const counted = { started: 0, missed: 0, early: 0, astray: 0 };
/** When the heap was last looked at, which takes a tenth of a second that no script pays. */
let looked = 0;
/** What is planned later is not counted: it may or may not have started when the counting ends. */
let last = Infinity;
/** Nor what is planned earlier: a machine that is busy with other things takes long to register so many. */
let first = Infinity;

const task = (job: number, { scheduled }: RunContext): void => {
  const planned = scheduled.getTime();
  if (planned > last || planned <= first) return;
  const late = Date.now() - planned;
  if (Date.now() > looked + 1_000) lateness[Math.min(10_000, Math.max(0, late))]!++;
  counted.started++;
  if (late < 0) counted.early++;
  if ((planned - firstOf(job)) % periodOf(job) !== 0) counted.astray++;
  if (control) kept.push(new Array(2_000).fill(job));
};

scheduler.events.listen("missed", ({ job, run }) => {
  const period = periodOf(Number(job.name.split(" ")[1]));
  for (let i = 0; i < (run.count ?? 1); i++) {
    const planned = run.scheduled.getTime() - i * period;
    if (planned > first && planned <= last) counted.missed++;
  }
});
for (let job = 0; job < jobs; job++) {
  scheduler.register({
    recurrence: bounded(interval(periodOf(job) as never), { starting: firstOf(job) }),
    source: "soak",
    name: `soak ${job}`,
    tags: [],
    policies: usualPolicies,
    now: false,
    args: [job],
    task,
  });
}

/** The lateness that a share of all starts does not exceed. */
const percentile = (share: number): number => {
  let left = lateness.reduce((sum, count) => sum + count, 0) * share;
  return lateness.findIndex((count) => {
    left -= count;
    return left <= 0;
  });
};

loop.start();
const length = Number(seconds) * 1_000;
first = Date.now();
last = first + length;
process.stdout.write("ready\n");
let middle = 0;
setTimeout(() => {
  middle = heap();
  looked = Date.now();
}, length / 2);
setTimeout(end, length + 1_000);

/** How many moments of a job have come. */
function countTo(moment: number, job: number): number {
  return Math.floor((moment - firstOf(job)) / periodOf(job)) + 1;
}

function end(): void {
  // A machine that is busy with other things has not started all of them yet.
  if (scheduler.jobQueue.nextDue <= last) {
    setTimeout(end, 100);
    return;
  }
  loop.stop();
  let due = 0;
  for (let job = 0; job < jobs; job++)
    due += Math.max(0, countTo(last, job)) - Math.max(0, countTo(first, job));
  const figures = { jobs, due, ...counted, p50: percentile(0.5), p99: percentile(0.99), middle, end: heap() };
  process.stdout.write(JSON.stringify(figures), () => process.exit(0));
}
