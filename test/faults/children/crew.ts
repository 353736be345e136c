/** One of several machines with one Redis between them; what it does comes on its input. */
import { setTimeout as sleep } from "node:timers/promises";
import { bullmq } from "../../../src/bullmq.ts";
import { createScheduler, type Scheduler } from "../../../src/create.ts";
import type { RunContext } from "../../../src/job.ts";
import type { CatchUp } from "../../../src/policy/catch-up.ts";
import type { IfInterrupted, Overlap } from "../../../src/policy/policies.ts";
import { instructions } from "./instructions.ts";
import { notesIn } from "./notes.ts";
import { delayOverlap, dieAt, pass } from "./seams.ts";

export interface CrewJob {
  readonly name: string;
  /** Seconds between two occurrences, from {@link starting} on. */
  readonly every?: number;
  readonly starting?: number;
  /** Or times of the day, in UTC. */
  readonly at?: readonly string[];
  /** How many milliseconds it takes, at least and at most. */
  readonly takes: readonly [least: number, most: number];
  readonly times?: number;
  readonly catchUp?: CatchUp;
  readonly overlap?: Overlap;
  readonly ifInterrupted?: IfInterrupted;
}

export interface CrewSettings {
  readonly url: string;
  readonly log: string;
  readonly jobs: readonly CrewJob[];
  readonly queue?: string;
  readonly horizon?: string;
  /** So many milliseconds lie between the moment a run is taken and the check whether another one of its job is running. */
  readonly overlapDelay?: number;
  /** Every run gets its permit, whoever has it: the control for overlap. */
  readonly isOpen?: boolean;
  /** At which of the seams it dies at SIGUSR2. */
  readonly seam?: string;
  /** Everything is registered again every so many milliseconds, as by a script that is started again and again. */
  readonly again?: number;
}

const settings = await instructions<CrewSettings>();
const note = notesIn(settings.log);
dieAt(settings.seam);
if (settings.overlapDelay) delayOverlap(settings.overlapDelay, settings.isOpen);

const register = ({ every }: Scheduler, job: CrewJob): void => {
  const { name, starting, takes, times, overlap = "allow" } = job;
  const [least, most] = takes;
  const beat = () => {
    const chain = every(job.every as 2).seconds.starting(new Date(starting!));
    return times === undefined ? chain : chain.times(times);
  };
  const chain = job.at ? every().day.at(...(job.at as ["12:00"])) : beat();
  (chain as ReturnType<typeof beat>)
    .overlap(overlap)
    .catchUp(job.catchUp ?? "all")
    .ifInterrupted(job.ifInterrupted ?? "report")
    .named(name)
    .do(async ({ scheduled, signal }: RunContext) => {
      const planned = scheduled.getTime();
      pass("begun, not started");
      note("start", name, planned);
      const length = least + ((planned * 7_919) % (most - least + 1));
      await sleep(length / 2, undefined, { signal }).catch(() => {});
      pass("running");
      await sleep(length / 2, undefined, { signal }).catch(() => {});
      note("end", name, planned);
      pass("ended, not recorded");
    });
};

const open = (): Scheduler => {
  const { url, queue = "crew", horizon = "1 minute" } = settings;
  const schedule = createScheduler({ zone: "UTC", engine: bullmq(url, { queue, horizon }) });
  schedule.listen("warning", ({ message }) => note("warning", "-", 0, message));
  for (const name of ["missed", "interrupted", "skipped", "dropped", "cancelled", "failed"] as const)
    schedule.listen(name, ({ job, run }) =>
      note(run.outcome, job.name, run.scheduled.getTime(), String(run.count ?? 1)),
    );
  for (const job of settings.jobs) register(schedule, job);
  schedule.start();
  note("registered", "-", 0);
  return schedule;
};

let schedule = open();
const closing = new Set<Promise<void>>();
const close = (old: Scheduler): void => {
  const closed = old.stop().finally(() => closing.delete(closed));
  closing.add(closed);
};
const again = settings.again
  ? setInterval(() => {
      const old = schedule;
      schedule = open();
      close(old);
    }, settings.again)
  : undefined;

process.on("SIGTERM", () => {
  clearInterval(again);
  close(schedule);
  void Promise.all(closing).then(() => process.exit(0));
});
