import type { Job, Outcome } from "../job.ts";
import { due } from "../policy/catch-up.ts";
import { taskErrorLines } from "../report/failure.ts";
import { type Invocation, quoted, version } from "../report/stack.ts";
import type { Events, RunEvent, SchedulerEvent } from "../scheduler/events.ts";
import { entryOf } from "../scheduler/job.ts";
import type { Style } from "../terminal/style.ts";
import {
  clockAt,
  counted,
  grouped,
  joinTo,
  oneLine,
  ordinal,
  padTo,
  sayLength,
  sayShort,
  sayTime,
  sayWait,
  sayZone,
} from "../terminal/text.ts";
import type { Clock } from "../time/clock.ts";
import type { Instant } from "../time/instant.ts";
import { minute } from "../time/plain-time.ts";
import type { Zone } from "../time/zone.ts";
import { succeeds, type Tally } from "./tally.ts";

/** Where and for whom lines are made. */
export interface Scene {
  readonly zone: Zone;
  readonly style: Style;
  /** What has been told so far, the present event included. */
  readonly tally: Tally;
  /** How wide the column of names is. */
  readonly nameWidth: number;
  /** All jobs. */
  jobs(): readonly Job[];
  /** Every line of jobs that run often. */
  readonly isVerbose: boolean;
  /** Left out where the script is no command line. */
  readonly invocation?: Invocation | undefined;
}

/** The lines that stay on the screen for an event: quiet for success, loud for failure. */
export const screenLines = (event: SchedulerEvent, at: Instant, scene: Scene): readonly string[] => {
  const { style, tally, isVerbose } = scene;
  const { glyphs, paint } = style;
  const says = (sign: string, text: string) => [`${paint(sayTime(at, scene.zone), "dim")}  ${sign} ${text}`];
  const of = (job: Job, text: string) => `${named(job, scene)}   ${text}`;
  switch (event.name) {
    case "started": {
      const { job, late } = event.data;
      if (!isVerbose && succeeds(tally.of(job), 2, at)) return [];
      return says(glyphs.run, late < minute ? oneLine(job.name) : of(job, `${sayLength(late)} late`));
    }
    case "succeeded":
      if (!isVerbose && !tally.isStopping && succeeds(tally.of(event.data.job), 3, at)) return [];
      return says(paint(glyphs.ok, "green"), of(event.data.job, ended(event.data, at, scene)));
    case "failed":
    case "timedOut":
      return failureLines(
        event.data,
        scene,
        says(paint(glyphs.fail, "red"), of(event.data.job, ended(event.data, at, scene))),
      );
    case "cancelled":
      return says(glyphs.skip, of(event.data.job, `cancelled ${ended(event.data, at, scene)}`));
    case "retrying": {
      const { job, attempt, error, wait } = event.data;
      const why = taskErrorLines(error, { ...style, paint: (text) => text })[0];
      return says(
        glyphs.warn,
        of(job, `attempt ${attempt} failed: ${why} ${glyphs.dot} again in ${sayWait(wait)}`),
      );
    }
    case "skipped":
    case "dropped":
      return skippedLines(event.data.job, at, scene).flatMap((text) =>
        says(glyphs.skip, of(event.data.job, text)),
      );
    case "missed": {
      const { job, run } = event.data;
      const count = run.count ?? 1;
      return says(glyphs.skip, of(job, `${grouped(count)} missed, ${becameOf(job, run.outcome)}`));
    }
    case "interrupted":
      return says(paint(glyphs.warn, "yellow"), of(event.data.job, "was cut off when its process died"));
    case "sleeping":
      return sleepingLines(event.data, scene);
    case "clockJumped":
      return wokeLines(event.data, at, scene);
    case "paused":
      return says(
        glyphs.paused,
        of(event.data.job, event.data.why ? `paused: ${oneLine(event.data.why)}` : "paused"),
      );
    case "resumed":
      return says(glyphs.run, of(event.data.job, `goes on${nextOf(event.data.job, at, scene)}`));
    case "removed":
      return event.data.why === "cancelled"
        ? says(glyphs.skip, of(event.data.job, "does not run any more"))
        : [];
    case "warning":
      return says(paint(glyphs.warn, "yellow"), oneLine(event.data.message));
    case "stopping":
      return stoppingLines(event.data, at, scene);
    case "registered":
    case "stopped":
      return [];
  }
};

const named = (job: Job, { nameWidth }: Scene): string => padTo(oneLine(job.name), nameWidth);

/** `"1.8s   next 18:00"`. */
const ended = ({ job, run }: RunEvent, at: Instant, scene: Scene): string => {
  const took = run.started && run.ended ? sayLength(run.ended.getTime() - run.started.getTime()) : "";
  const { skipped } = scene.tally.of(job);
  const dot = ` ${scene.style.glyphs.dot} `;
  return `${took}${nextOf(job, at, scene)}${skipped > 0 ? `${dot}${skipped} skipped meanwhile` : ""}`;
};

const nextOf = ({ nextRun }: Job, at: Instant, { zone, tally }: Scene): string =>
  nextRun && !tally.isStopping ? `   next ${sayShort(nextRun.getTime() as Instant, at, zone)}` : "";

/** The failure as a whole; one that looks like the last one as a line. */
const failureLines = (
  { job, error }: RunEvent,
  scene: Scene,
  [first = ""]: readonly string[],
): readonly string[] => {
  const { alike, failures } = scene.tally.of(job);
  if (alike > 1) return [`${first}   same error, ${ordinal(alike)} time`];
  const { paint, glyphs, width } = scene.style;
  const indent = " ".repeat(10);
  const style = { ...scene.style, width: width - indent.length };
  const said = [
    failures === 1 ? "failed once" : `failed ${failures} times in a row`,
    ...(scene.jobs().length > 1 ? ["other jobs go on"] : []),
    ...(scene.invocation ? [`try it: ${scene.invocation.command} run ${quoted(oneLine(job.name))}`] : []),
  ];
  const body = [
    ...taskErrorLines(error, style),
    "",
    ...joinTo(said, ` ${glyphs.dot} `, style.width).map((line) => paint(line, "dim")),
  ];
  return [first, "", ...body.map((line) => (line === "" ? "" : indent + line)), ""];
};

/** `"heap: 6 entries, top priceCheck 17:45:00.000, sleeping 30000 ms (capped)"`. */
const sleepingLines = (
  { entries, top, wait, isCapped }: Events["sleeping"],
  { zone, style }: Scene,
): readonly string[] => {
  const due = top && (top.due.getTime() as Instant);
  const first =
    top && `top ${oneLine(top.job.name)} ${sayTime(due!, zone)}.${String(due! % 1000).padStart(3, "0")}`;
  const parts = [
    `heap: ${entries} ${entries === 1 ? "entry" : "entries"}`,
    ...(first ? [first] : []),
    `sleeping ${wait} ms${isCapped ? " (capped)" : ""}`,
  ];
  return joinTo(parts, ", ", style.width - 2).map((line) => `  ${style.paint(line, "dim")}`);
};

/** Said once while a run goes on; what else is skipped meanwhile is counted. */
const skippedLines = (job: Job, at: Instant, { tally, isVerbose }: Scene): readonly string[] => {
  const { running, lastEnded, skipped } = tally.of(job);
  const since = running[0] ?? lastEnded;
  if (since === undefined) return ["skipped"];
  const still = running.length > 0 ? "still running" : "given up and still running";
  return skipped === 1 || isVerbose ? [`skipped, ${still} (${sayWait(at - since)})`] : [];
};

/** Why missed occurrences are not run each by itself. */
const becameOf = (job: Job, outcome: Outcome): string => {
  if (outcome === "coalesced") return "made one with the run that comes now";
  const isSkipping = entryOf(job)?.definition.policies.catchUp.missed === "skip";
  return isSkipping ? 'not made up for, as .catchUp("skip") says' : "too old to be made up for";
};

const wokeLines = (woke: Events["clockJumped"], at: Instant, scene: Scene): readonly string[] => {
  const { glyphs, paint, width } = scene.style;
  const room = width - 12;
  const parts = joinTo(wokeParts(woke, at, scene), ` ${glyphs.dot} `, room);
  const [first = "", ...more] = parts.flatMap((part) => joinTo(part.split(" "), " ", room));
  const time = paint(sayTime(at, scene.zone), "dim");
  return [`${time}  ${glyphs.asleep} ${first}`, ...more.map((line) => " ".repeat(12) + line)];
};

const wokeParts = (
  { cause, by, from, to }: Events["clockJumped"],
  at: Instant,
  scene: Scene,
): readonly string[] => {
  const { glyphs } = scene.style;
  const length = sayLength(Math.abs(by));
  const [start, end] = [from, to].map((date) => clockAt(date.getTime() as Instant, scene.zone));
  const span = `${length} (${start} ${glyphs.arrow} ${end})`;
  if (cause === "set-back") return [`the clock was set back ${span}`, "nothing runs twice"];
  const what = {
    asleep: "asleep",
    stalled: "stood still",
    "set-forward": "the clock was set forward",
  }[cause];
  return [`${what} ${span}`, ...sayOverdue(scene.jobs(), at, scene.zone)];
};

const stoppingLines = (
  { running, grace }: Events["stopping"],
  at: Instant,
  { tally, style }: Scene,
): readonly string[] => {
  if (running.length === 0) return [];
  const names = running.map((job) => {
    const since = tally.of(job).running[0] ?? at;
    return `${oneLine(job.name)} (running ${sayWait(at - since)})`;
  });
  const most = `up to ${sayWait(grace)} more`;
  const [first = ""] = names;
  const waiting = names.length === 1 ? [first.replace(/\)$/, `, ${most})`)] : [names.join(", "), most];
  const parts = [
    "stopping",
    `waiting for ${waiting[0]}`,
    ...waiting.slice(1),
    `Ctrl-C again abandons ${names.length === 1 ? "it" : "them"}`,
  ];
  return ["", ...joinTo(parts, ` ${style.glyphs.dot} `, style.width - 4).map((line) => `  ${line}`)];
};

/** `"stopped after 8h 51m · 20 runs · 1 failed · 0 missed"`. */
export const summaryText = (why: string, length: number, tally: Tally, { glyphs }: Style): string =>
  [
    `${why} after ${sayLength(length)}`,
    counted(tally.runs, "run"),
    `${tally.failed} failed`,
    `${tally.missed} missed`,
  ].join(` ${glyphs.dot} `);

/** `"onthedot 0.1.0 · myjobs.ts · 6 jobs · Europe/Berlin (UTC+1)"`. */
export const headerLines = (
  { clock, zone }: { readonly clock: Clock; readonly zone: Zone },
  jobs: number,
  invocation: Invocation | undefined,
  { glyphs, paint, width }: Style,
): readonly string[] => {
  const parts = [
    `onthedot ${version()}`,
    ...(invocation ? [invocation.script] : []),
    counted(jobs, "job"),
    sayZone(zone, clock.now()),
  ];
  const lines = joinTo(parts, ` ${glyphs.dot} `, width - 2);
  return lines.map((line) => `  ${line.replace(/^onthedot/, (name) => paint(name, "bold"))}`);
};

/** What the keys do. */
export const helpLines = ({ paint }: Style): readonly string[] => [
  "",
  ...[
    ["h", "this help"],
    ["l", "all jobs, and when they run next"],
    ["r", "run a job now"],
    ["p", "pause all jobs, or let them go on"],
    ["q", "stop, as Ctrl-C does"],
  ].map(([key, text]) => `  ${paint(key!, "bold")}  ${text}`),
  "",
];

/** More names than these are only counted. */
const mostNamed = 3;

/** What was missed, and what becomes of it by each job's `catchUp`: `"missed backupPhotos 02:30"`, `"running it once now"`. */
export const sayOverdue = (jobs: readonly Job[], now: Instant, zone: Zone): readonly string[] => {
  const overdue = jobs.flatMap((job) => entryOf(job) ?? []).filter((entry) => entry.due <= now);
  if (overdue.length === 0) return [];
  const named = overdue
    .slice(0, mostNamed)
    .map((job) => `${oneLine(job.name)} ${clockAt(job.due as Instant, zone)}`);
  const more = overdue.length - named.length;
  const starts = overdue.map(
    ({ trigger, due: first, definition }) =>
      due(trigger, first as Instant, now, definition.policies.catchUp).run.length,
  );
  return [`missed ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`, becoming(starts)];
};

const becoming = (starts: readonly number[]): string => {
  const running = starts.filter((count) => count > 0).length;
  const runs = starts.reduce((sum, count) => sum + count, 0);
  if (runs === 0) return starts.length === 1 ? "it is not made up for" : "none is made up for";
  if (starts.length === 1) return runs === 1 ? "running it once now" : `making up for ${runs} runs`;
  return running === runs
    ? `running ${running === starts.length ? "each" : running} once`
    : `making up for ${runs} runs`;
};
