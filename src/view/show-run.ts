import type { Job } from "../job/job.ts";
import type { RunEvent } from "../scheduler/events.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import type { Instant } from "../time/instant.ts";
import { formatOffset } from "../time/iso.ts";
import { offsetAt } from "../time/zone.ts";
import { sayLength, sayMoment, sayTime } from "./words.ts";

/** What shows a scheduler at work. */
export interface Screen {
  /** Says that no job is left. */
  sayOver(): void;
}

/** Where lines are written. */
export interface Output {
  write(text: string): unknown;
}

/** Shows the jobs and when they run next, then each start and end as a line. */
export const showRun = (scheduler: Scheduler, output: Output): Screen => {
  const { clock, zone } = scheduler;
  const line = (text: string) => output.write(`${text}\n`);
  const stamped = (text: string) => line(`${sayTime(clock.now(), zone)}  ${text}`);
  line(`\n${header(scheduler)}\n\n${table(scheduler)}\n`);
  scheduler.listen("started", ({ job, late }) =>
    stamped(`▶ ${job.name}${late >= 60_000 ? `   ${sayLength(late)} late` : ""}`),
  );
  scheduler.listen("succeeded", (event) => stamped(`✔ ${summary(event, clock.now(), scheduler)}`));
  for (const name of ["failed", "timed-out"] as const) {
    scheduler.listen(name, (event) => {
      stamped(`✖ ${summary(event, clock.now(), scheduler)}`);
      line(`\n${indented(trouble(event))}\n`);
    });
  }
  scheduler.listen("cancelled", ({ job }) => stamped(`✖ ${job.name}   cancelled`));
  scheduler.listen("skipped", ({ job }) => stamped(`- ${job.name}   skipped: the last run still runs`));
  scheduler.listen("missed", ({ job, run }) => {
    if ((run.count ?? 1) > 0) stamped(`- ${job.name}   ${run.count ?? 1} missed, ${run.outcome}`);
  });
  scheduler.listen("woke", ({ cause, by }) => stamped(wokeLine(cause, by)));
  scheduler.listen("warning", ({ message }) => stamped(`! ${message}`));
  scheduler.listen("paused", ({ job, why }) => stamped(`- ${job.name}   paused${why ? `: ${why}` : ""}`));
  scheduler.listen("stopping", ({ running }) => {
    const names = running.map((job) => job.name).join(", ");
    line(names ? `\n  stopping · waiting for ${names} · Ctrl-C again abandons it` : "");
  });
  scheduler.listen("stopped", () => line("  stopped"));
  return { sayOver: () => line("\n  no job is left, so run() ends here") };
};

const header = (scheduler: Scheduler): string => {
  const { clock, zone } = scheduler;
  const count = scheduler.jobs().length;
  return `  onthedot · ${count} job${count === 1 ? "" : "s"} · ${zone.name} (UTC${formatOffset(offsetAt(zone, clock.now()))})`;
};

const table = (scheduler: Scheduler): string => {
  const now = scheduler.clock.now();
  const rows = scheduler
    .jobs()
    .sort((a, b) => (a.nextRun?.getTime() ?? Infinity) - (b.nextRun?.getTime() ?? Infinity))
    .map((job) => [job.name, job.describe(), ...nextOf(job, now, scheduler)] as const);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("   ")}`.trimEnd())
    .join("\n");
};

const nextOf = (job: Job, now: Instant, { zone }: Scheduler): readonly [string, string] => {
  const next = job.nextRun?.getTime() as Instant | undefined;
  return next === undefined
    ? ["never", ""]
    : [sayMoment(next, now, zone), `in ${sayLength(Math.max(0, next - now))}`];
};

const summary = ({ job, run }: RunEvent, now: Instant, { zone }: Scheduler): string => {
  const took = run.started && run.ended ? `   ${sayLength(run.ended.getTime() - run.started.getTime())}` : "";
  const next = job.nextRun ? `   next ${sayMoment(job.nextRun.getTime() as Instant, now, zone)}` : "";
  return `${job.name}${took}${next}`;
};

const trouble = ({ error }: RunEvent): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

const indented = (text: string): string => text.replaceAll(/^/gm, "          ");

const wokeLine = (cause: "asleep" | "set-back" | "stalled", by: number): string => {
  const length = sayLength(Math.abs(by));
  if (cause === "asleep") return `☾ asleep ${length}`;
  return cause === "stalled"
    ? `☾ stood still ${length}`
    : `☾ the clock was set back ${length}; nothing runs twice`;
};
