import { inWords, isError, type Job, type RunRecord, textOf } from "../job.ts";
import { due } from "../policy/catch-up.ts";
import type { EventName, Events, RunEvent, SchedulerEvent } from "../scheduler/events.ts";
import { entryOf } from "../scheduler/job.ts";
import type { Style } from "../terminal/style.ts";
import {
  clockAt,
  joinTo,
  oneLine,
  padTo,
  sayLength,
  sayShort,
  sayTime,
  sayWait,
  wrapTo,
} from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { minute, second } from "../time/plain-time.ts";
import type { Zone } from "../time/zone.ts";
import { placeOfTaskError, taskErrorInLine, taskErrorLines } from "./failure.ts";
import { type Invocation, quoted } from "./stack.ts";
import { hasSucceeded, type Tally } from "./tally.ts";

/** What is known where events are shown. */
export interface Scene {
  readonly zone: Zone;
  readonly style: Style;
  /** The counts, the present event included. */
  readonly tally: Tally;
  /** How wide the column of names is. */
  readonly nameWidth: number;
  jobs(): readonly Job[];
  /** Shows each run of frequent jobs. */
  readonly isVerbose: boolean;
  /** Left out where the script is no command line. */
  readonly invocation?: Invocation | undefined;
}

/** What stands in a line of a log: a keyword that can be searched for and is the same in each language, and the facts. */
export type LogLine = readonly [keyword: string, facts: string];

type Facts = Readonly<Record<string, unknown>>;
type FormatDate = (date: Date) => string;

/** How an event is shown. */
interface EventText<E extends EventName> {
  /** Lines above the status line: quiet for success, loud for failure. */
  readonly screen?: (data: Events[E], at: Instant, scene: Scene) => readonly string[];
  readonly log?: (data: Events[E], at: Instant, scene: Scene) => LogLine | undefined;
  /** Names and meaning of the members never change. */
  readonly json: (data: Events[E], format: FormatDate) => Facts;
}

export const screenLines = (event: SchedulerEvent, at: Instant, scene: Scene): readonly string[] =>
  textOfEvent(event).screen?.(event.data, at, scene) ?? [];

export const logLine = (event: SchedulerEvent, at: Instant, scene: Scene): LogLine | undefined =>
  textOfEvent(event).log?.(event.data, at, scene);

export const eventObject = (event: SchedulerEvent, at: Instant, zone: Zone): Facts => ({
  time: formatIso(at, zone),
  event: event.name,
  ...textOfEvent(event).json(event.data, (date) => formatIso(date.getTime() as Instant, zone)),
});

/** The compiler does not know that a name and its data belong together. */
const textOfEvent = ({ name }: SchedulerEvent) => eventTexts[name] as unknown as EventText<EventName>;

const runJson = ({ job, run, error }: RunEvent, format: FormatDate): Facts => ({
  ...jobFacts(job, format),
  ...runFacts(run, format),
  ...(error !== undefined && { error: errorFacts(error) }),
});

const failed: EventText<"failed" | "timedOut"> = {
  screen(event, at, scene) {
    const { glyphs, paint } = scene.style;
    const { sameFailures } = scene.tally.of(event.job);
    const again = sameFailures > 1 ? `   ${texts().screen.sameError(sameFailures)}` : "";
    const text = ofJob(event.job, `${ended(event, at, scene)}${again}`, scene);
    return [
      ...row(paint(glyphs.fail, "red"), text, at, scene),
      ...(sameFailures > 1 ? [] : failureBody(event, scene)),
    ];
  },
  log(event, _, { zone, tally }) {
    const { sameFailures } = tally.of(event.job);
    const again = sameFailures > 1 ? ` (${texts().screen.sameError(sameFailures)})` : "";
    return ["fail", `${loggedRun(event, zone)} ${taskErrorInLine(event.error)}${again}`];
  },
  json: runJson,
};

const isOverlap = ({ reason }: RunRecord): boolean => reason === "overlap" || reason === "queueFull";

const skipped: EventText<"skipped" | "dropped"> = {
  screen({ job, run }, at, scene) {
    if (!isOverlap(run)) return row(scene.style.glyphs.skip, ofJob(job, outcomeText(run), scene), at, scene);
    const { running, lastEnded, skipped: count } = scene.tally.of(job);
    const words = texts().screen;
    const since = running[0] ?? lastEnded;
    if (since !== undefined && count > 1 && !scene.isVerbose) return [];
    const state = running.length > 0 ? words.skippedRunning : words.skippedTimedOut;
    const text = since === undefined ? words.skipped : state(sayWait(at - since));
    return row(scene.style.glyphs.skip, ofJob(job, text, scene), at, scene);
  },
  log({ job, run }, _, { tally, isVerbose, zone }) {
    if (!isOverlap(run)) return ["skip", loggedSkip(job, run, zone)];
    if (tally.of(job).skipped > 1 && !isVerbose) return undefined;
    return ["skip", `${loggedName(job)} ${texts().log.stillRunning}`];
  },
  json: runJson,
};

/** `"backup 12 paused last=2026-11-22T17:45:00+01:00"`. */
const loggedSkip = (job: Job, { count = 1, reason, outcome, scheduled }: RunRecord, zone: Zone): string =>
  `${loggedName(job)} ${count} ${reason ?? outcome} last=${loggedTime(scheduled.getTime() as Instant, zone)}`;

/** The outcome of a run in a few words, and why if it did not start: `"12 skipped, the job was paused"`. */
export const outcomeText = ({ outcome, count = 1, started, ended, error, reason }: RunRecord): string => {
  const { outcomes, reasons } = texts().commands;
  const took = started && ended ? sayLength(ended.getTime() - started.getTime()) : "";
  if (outcome === "succeeded") return took;
  if (outcome === "failed") return oneLine(error?.split("\n")[0] ?? outcomes.failed);
  return outcomes[outcome](count, took, reason && reasons[reason]);
};

/** Each event once: on the screen, in a log, as JSON. */
const eventTexts: { readonly [E in EventName]: EventText<E> } = {
  registered: { json: ({ job }, format) => jobFacts(job, format) },
  removed: {
    screen: ({ job, why }, at, scene) =>
      why === "cancelled"
        ? row(scene.style.glyphs.skip, ofJob(job, texts().screen.cancelled, scene), at, scene)
        : [],
    log: ({ job, why }) => (why === "cancelled" ? ["cancel", loggedName(job)] : undefined),
    json: ({ job, why }) => ({ job: job.name, why }),
  },
  paused: {
    screen: ({ job, why }, at, scene) => {
      const text = texts().screen.paused(why === undefined ? undefined : oneLine(why));
      return row(scene.style.glyphs.paused, ofJob(job, text, scene), at, scene);
    },
    log: ({ job, why }) => ["pause", `${loggedName(job)}${why ? ` ${oneLine(why)}` : ""}`],
    json: ({ job, why }) => ({ job: job.name, ...(why !== undefined && { why }) }),
  },
  resumed: {
    screen: ({ job }, at, scene) => {
      const text = `${texts().screen.resumed}${nextOf(job, at, scene)}`;
      return row(scene.style.glyphs.run, ofJob(job, text, scene), at, scene);
    },
    log: ({ job }, _, { zone }) => ["resume", `${loggedName(job)}${loggedNext(job, zone)}`],
    json: ({ job }, format) => jobFacts(job, format),
  },
  started: {
    screen({ job, late }, at, scene) {
      if (!scene.isVerbose && hasSucceeded(scene.tally.of(job), 2, at)) return [];
      const text =
        late < minute
          ? accented(oneLine(job.name), scene)
          : ofJob(job, texts().screen.late(sayLength(late)), scene);
      return row(scene.style.glyphs.run, text, at, scene);
    },
    log: ({ job, late }, at, { isVerbose, tally }) =>
      !isVerbose && hasSucceeded(tally.of(job), 2, at)
        ? undefined
        : ["run", `${loggedName(job)}${late < minute ? "" : ` late=${compact(late)}`}`],
    json: ({ job, scheduled, attempt, late }, format) => ({
      job: job.name,
      scheduled: format(scheduled),
      attempt,
      lateMs: late,
    }),
  },
  retrying: {
    screen({ job, attempt, error, wait }, at, scene) {
      const { style } = scene;
      const words = texts().screen;
      const [why = ""] = taskErrorLines(error, { ...style, width: Infinity, paint: (text) => text });
      const text = `${words.attemptFailed(attempt, why)} ${style.glyphs.dot} ${words.retrying(sayWait(wait))}`;
      return row(style.glyphs.warn, ofJob(job, text, scene), at, scene);
    },
    log: ({ job, attempt, error, wait }) => [
      "retry",
      `${loggedName(job)} attempt=${attempt} again=${compact(Math.ceil(wait / second) * second)} ${taskErrorInLine(error)}`,
    ],
    json: ({ job, scheduled, attempt, error, wait }, format) => ({
      job: job.name,
      scheduled: format(scheduled),
      attempt,
      waitMs: wait,
      error: errorFacts(error),
    }),
  },
  succeeded: {
    screen(event, at, scene) {
      if (isCounted(event.job, at, scene)) return [];
      const { glyphs, paint } = scene.style;
      return row(paint(glyphs.ok, "green"), ofJob(event.job, ended(event, at, scene), scene), at, scene);
    },
    log: (event, at, scene) =>
      isCounted(event.job, at, scene) ? undefined : ["ok", loggedRun(event, scene.zone)],
    json: runJson,
  },
  failed,
  timedOut: failed,
  cancelled: {
    screen(event, at, scene) {
      const text = `${texts().screen.cancelled} ${ended(event, at, scene)}`;
      return row(scene.style.glyphs.skip, ofJob(event.job, text, scene), at, scene);
    },
    log: (event, _, { zone }) => ["stop", `${loggedRun(event, zone)} ${texts().log.cancelled}`],
    json: runJson,
  },
  skipped,
  dropped: skipped,
  interrupted: {
    screen({ job }, at, scene) {
      const { glyphs, paint } = scene.style;
      return row(paint(glyphs.warn, "yellow"), ofJob(job, texts().screen.interrupted, scene), at, scene);
    },
    log: ({ job }) => ["died", `${loggedName(job)} ${texts().log.processDied}`],
    json: runJson,
  },
  missed: {
    screen: ({ job, run }, at, scene) =>
      row(scene.style.glyphs.skip, ofJob(job, outcomeText(run), scene), at, scene),
    log: ({ job, run }, _, { zone }) => [
      "miss",
      `${loggedName(job)} ${run.count ?? 1} ${run.outcome} last=${loggedTime(run.scheduled.getTime() as Instant, zone)}`,
    ],
    json: runJson,
  },
  clockJumped: {
    screen(jump, at, scene) {
      const { glyphs } = scene.style;
      return row(glyphs.asleep, jumpParts(jump, at, scene).join(` ${glyphs.dot} `), at, scene);
    },
    log: (jump, at, scene) => [
      "clockJumped",
      [...jumpCause(jump, sayLength(Math.abs(jump.by))), ...overdueParts(jump, at, scene)].join(", "),
    ],
    json: ({ cause, from, to, by }, format) => ({ cause, from: format(from), to: format(to), byMs: by }),
  },
  sleeping: {
    screen({ entries, top, wait, isCapped }, _, { zone, style }) {
      const words = texts().screen;
      const parts = [words.heap(entries), words.sleeping(wait, isCapped)];
      if (top) {
        const at = top.due.getTime() as Instant;
        const time = `${sayTime(at, zone)}.${String(at % second).padStart(3, "0")}`;
        parts.splice(1, 0, words.heapTop(oneLine(top.job.name), time));
      }
      return joinTo(parts, ", ", style.width - 2).map((line) => `  ${style.paint(line, "dim")}`);
    },
    log({ entries, top, wait, isCapped }, _, { zone }) {
      const first = top ? ` top=${loggedName(top.job)}@${formatIso(top.due.getTime() as Instant, zone)}` : "";
      return ["debug", `heap=${entries}${first} sleep=${wait}ms${isCapped ? " capped" : ""}`];
    },
    json: ({ entries, top, wait, isCapped }, format) => ({
      entries,
      top: top ? { job: top.job.name, due: format(top.due) } : null,
      waitMs: wait,
      isCapped,
    }),
  },
  warning: {
    screen({ message }, at, scene) {
      const { glyphs, paint } = scene.style;
      return row(paint(glyphs.warn, "yellow"), oneLine(message), at, scene);
    },
    log: ({ message }) => ["warn", oneLine(message)],
    json: ({ message }) => ({ message }),
  },
  stopping: {
    screen({ running, grace }, at, { tally, style }) {
      if (running.length === 0) return [];
      const words = texts().screen;
      const lengthOf = (job: Job) => sayWait(at - (tally.of(job).running[0] ?? at));
      const [only] = running;
      const waiting =
        running.length === 1
          ? [words.waitingFor(words.runningUpTo(oneLine(only!.name), lengthOf(only!), sayWait(grace)))]
          : [
              words.waitingFor(
                running.map((job) => words.running(oneLine(job.name), lengthOf(job))).join(", "),
              ),
              words.upTo(sayWait(grace)),
            ];
      const parts = [words.stopping, ...waiting, words.abandonKey(running.length)];
      return ["", ...joinTo(parts, ` ${style.glyphs.dot} `, style.width - 4).map((line) => `  ${line}`)];
    },
    log: ({ running, grace }) =>
      running.length === 0
        ? undefined
        : ["stop", `waiting=${running.map(loggedName).join(",")} grace=${compact(grace)}`],
    json: ({ running, grace }) => ({ running: running.map((job) => job.name), graceMs: grace }),
  },
  stopped: {
    log: (_, at, { tally }) => [
      "end",
      `after=${compact(tally.length(at))} runs=${tally.runs} failed=${tally.failed} missed=${tally.missed}`,
    ],
    json: ({ abandoned }) => ({ abandoned: abandoned.map((job) => job.name) }),
  },
};

/** `"  17:45:00  ✔ priceCheck   1.8s"`; what does not fit stands below its name. */
const row = (sign: string, text: string, at: Instant, { style, zone }: Scene): readonly string[] =>
  wrapTo(`  ${style.paint(sayTime(at, zone), "dim")}  ${sign} ${text}`, style.width, `${below}  `);

/** Where the sign of a row stands. */
const below = " ".repeat(12);

const accented = (name: string, { style }: Scene): string => style.paint(name, "cyan");

const ofJob = (job: Job, text: string, scene: Scene): string => {
  const name = oneLine(job.name);
  return `${accented(name, scene)}${padTo(name, scene.nameWidth).slice(name.length)}   ${text}`;
};

/** Success of a frequent job is only counted, unless the scheduler waits for it. */
export const isCounted = (job: Job, at: Instant, { isVerbose, tally }: Scene): boolean =>
  !isVerbose && !tally.isStopping && hasSucceeded(tally.of(job), 3, at);

/** Announced once for a job whose successes are only counted from now on. */
export const countedLines = (job: Job, at: Instant, scene: Scene): readonly string[] => {
  const { glyphs, paint } = scene.style;
  return row(glyphs.dot, ofJob(job, paint(texts().screen.onlyCounted, "dim"), scene), at, scene);
};

/** `"1.8s   next 18:00"`. */
const ended = ({ job, run }: RunEvent, at: Instant, scene: Scene): string => {
  const took = run.started && run.ended ? sayLength(run.ended.getTime() - run.started.getTime()) : "";
  const { skipped: count } = scene.tally.of(job);
  const meanwhile = count > 0 ? ` ${scene.style.glyphs.dot} ${texts().screen.skippedMeanwhile(count)}` : "";
  return `${took}${nextOf(job, at, scene)}${meanwhile}`;
};

const nextOf = ({ nextRun }: Job, at: Instant, { zone, tally }: Scene): string =>
  nextRun && !tally.isStopping
    ? `   ${texts().screen.next(sayShort(nextRun.getTime() as Instant, at, zone))}`
    : "";

const failureBody = ({ job, error }: RunEvent, scene: Scene): readonly string[] => {
  const { paint, glyphs } = scene.style;
  const words = texts().screen;
  const style = { ...scene.style, width: scene.style.width - below.length };
  const notes = [
    words.failed(scene.tally.of(job).failures),
    ...(scene.jobs().length > 1 ? [words.othersContinue] : []),
    ...(scene.invocation
      ? [words.tryIt(`${scene.invocation.command} run ${quoted(oneLine(job.name))}`)]
      : []),
  ];
  const body = [
    ...taskErrorLines(error, style),
    "",
    ...joinTo(notes, ` ${glyphs.dot} `, style.width).map((line) => paint(line, "dim")),
  ];
  return ["", ...body.map((line) => (line === "" ? "" : below + line)), ""];
};

const jumpParts = (jump: Events["clockJumped"], at: Instant, scene: Scene): readonly string[] => {
  const [start, end] = [jump.from, jump.to].map((date) => clockAt(date.getTime() as Instant, scene.zone));
  const span = `${sayLength(Math.abs(jump.by))} (${start} ${scene.style.glyphs.arrow} ${end})`;
  return [...jumpCause(jump, span), ...overdueParts(jump, at, scene)];
};

const jumpCause = ({ cause }: Events["clockJumped"], span: string): readonly string[] => {
  const words = texts().screen;
  switch (cause) {
    case "set-back":
      return [words.setBack(span), words.noRunTwice];
    case "set-forward":
      return [words.setForward(span)];
    case "asleep":
      return [words.asleep(span)];
    case "stalled":
      return [words.stalled(span)];
  }
};

/** More names than these are only counted. */
const mostNamed = 3;

/** What was missed, and how each job's `catchUp` treats it: `"missed backupPhotos 02:30"`, `"catching up once"`. */
const overdueParts = (
  { cause }: Events["clockJumped"],
  now: Instant,
  { jobs, zone }: Scene,
): readonly string[] => {
  const overdue = jobs()
    .flatMap((job) => entryOf(job) ?? [])
    .filter((entry) => entry.due <= now);
  if (cause === "set-back" || overdue.length === 0) return [];
  const names = overdue
    .slice(0, mostNamed)
    .map((entry) => `${oneLine(entry.name)} ${clockAt(entry.due as Instant, zone)}`);
  const starts = overdue.map(
    ({ trigger, due: first, definition }) =>
      due(trigger, first as Instant, now, definition.policies.catchUp).run.length,
  );
  const runs = starts.reduce((sum, count) => sum + count, 0);
  const words = texts().screen;
  return [
    words.missedRuns(names.join(", "), overdue.length - names.length),
    words.catchingUp(runs, starts.filter((count) => count > 0).length, starts.length),
  ];
};

/** A name that cannot be taken for two words. */
export const loggedName = ({ name }: Job): string =>
  /[\s"]/.test(name) ? JSON.stringify(oneLine(name)) : oneLine(name);

/** A moment to the second, with its offset: `"2026-11-22T17:45:00+01:00"`. */
export const loggedTime = (at: Instant, zone: Zone): string =>
  formatIso((Math.floor(at / second) * second) as Instant, zone);

/** A length without a blank in it, the same in each language. */
const compact = (length: number): string => sayLength(length, "en").replaceAll(" ", "");

const loggedRun = ({ job, run }: RunEvent, zone: Zone): string => {
  const took = run.started && run.ended ? ` ${compact(run.ended.getTime() - run.started.getTime())}` : "";
  return `${loggedName(job)}${took}${loggedNext(job, zone)}`;
};

const loggedNext = ({ nextRun }: Job, zone: Zone): string =>
  nextRun ? ` next=${loggedTime(nextRun.getTime() as Instant, zone)}` : "";

/** A decision on an occurrence as an object with plain values. */
export const runFacts = (run: RunRecord, format: FormatDate): Facts => ({
  scheduled: format(run.scheduled),
  outcome: run.outcome,
  ...(run.reason !== undefined && { reason: run.reason }),
  ...(run.started && { started: format(run.started) }),
  ...(run.ended && { ended: format(run.ended) }),
  ...(run.started && run.ended && { tookMs: run.ended.getTime() - run.started.getTime() }),
  attempts: run.attempts,
  ...(run.error !== undefined && { error: run.error }),
  ...(run.count !== undefined && { count: run.count }),
  ...(run.byHand && { byHand: true }),
});

const jobFacts = ({ name, nextRun }: Job, format: FormatDate): Facts => ({
  job: name,
  next: nextRun ? format(nextRun) : null,
});

const errorFacts = (error: unknown): Facts => {
  const at = placeOfTaskError(error);
  return isError(error)
    ? { name: textOf(error, "name"), message: textOf(error, "message"), ...(at !== undefined && { at }) }
    : { message: inWords(error) };
};
