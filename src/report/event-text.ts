import { inWords, isError, type Job, type RunRecord, textOf } from "../job.ts";
import { due } from "../policy/catch-up.ts";
import type { EventName, Events, RunEvent, SchedulerEvent } from "../scheduler/events.ts";
import { entryOf } from "../scheduler/job.ts";
import type { Color, Glyphs, Style } from "../terminal/style.ts";
import {
  clockAt,
  joinTo,
  oneLine,
  padTo,
  sayLength,
  sayShort,
  sayTime,
  sayWait,
  wrapText,
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

/** Makes a text of an event; undefined where it is not shown. */
type Say<E extends EventName> = (data: Events[E], at: Instant, scene: Scene) => string | undefined;

/** How an event is shown. An event of a job has the job's name in front of its texts. */
interface EventText<E extends EventName> {
  readonly sign?: readonly [sign: keyof Glyphs, color?: Color];
  /** Its row on the screen. */
  readonly text?: Say<E>;
  /** Further lines of the screen below the row, or without one. */
  readonly lines?: (data: Events[E], at: Instant, scene: Scene) => readonly string[];
  /** Its line in a log. */
  readonly log?: readonly [keyword: string, facts: Say<E>];
}

/** The compiler does not know that a name and its data belong together. */
const textOfEvent = ({ name }: SchedulerEvent) => (eventTexts[name] ?? {}) as unknown as EventText<EventName>;

/** Lines above the status line: quiet for success, loud for failure. */
export const screenLines = (event: SchedulerEvent, at: Instant, scene: Scene): readonly string[] => {
  const { data } = event;
  const { sign: [sign, color] = ["dot"], text, lines } = textOfEvent(event);
  const shown = text?.(data, at, scene);
  if (text && shown === undefined) return [];
  const glyph = color ? scene.style.paint(scene.style.glyphs[sign], color) : scene.style.glyphs[sign];
  return [
    ...(shown === undefined
      ? []
      : row(glyph, "job" in data ? ofJob(data.job, shown, scene) : shown, at, scene)),
    ...(lines?.(data, at, scene) ?? []),
  ];
};

export const logLine = (event: SchedulerEvent, at: Instant, scene: Scene): LogLine | undefined => {
  const [keyword, say] = textOfEvent(event).log ?? [];
  const facts = say?.(event.data, at, scene);
  if (keyword === undefined || facts === undefined) return undefined;
  const name = "job" in event.data ? loggedName(event.data.job) : "";
  return [keyword, joined(name, facts)];
};

const skipped: EventText<"skipped" | "dropped"> = {
  sign: ["skip"],
  text({ job, run }, at, { tally, isVerbose }) {
    if (!isOverlap(run)) return outcomeText(run);
    const { running, lastEnded, skipped: count } = tally.of(job);
    const words = texts().screen;
    const since = running[0] ?? lastEnded;
    if (since === undefined) return words.skipped;
    if (count > 1 && !isVerbose) return undefined;
    return (running.length > 0 ? words.skippedRunning : words.skippedTimedOut)(sayWait(at - since));
  },
  log: [
    "skip",
    ({ job, run }, _, { tally, isVerbose, zone }) => {
      if (!isOverlap(run)) return loggedSkip(run, run.reason, zone);
      return tally.of(job).skipped > 1 && !isVerbose ? undefined : texts().commands.reasons.overlap;
    },
  ],
};

const isOverlap = ({ reason }: RunRecord): boolean => reason === "overlap" || reason === "queueFull";

/** `"12 paused last=2026-11-22T17:45:00+01:00"`. */
const loggedSkip = (
  { count = 1, outcome, scheduled }: RunRecord,
  why: string | undefined,
  zone: Zone,
): string => `${count} ${why ?? outcome} last=${loggedTime(scheduled.getTime() as Instant, zone)}`;

const failed: EventText<"failed" | "timedOut"> = {
  sign: ["fail", "red"],
  text(event, at, scene) {
    const { sameFailures } = scene.tally.of(event.job);
    return `${ended(event, at, scene)}${sameFailures > 1 ? `   ${texts().screen.sameError(sameFailures)}` : ""}`;
  },
  lines: (event, _, scene) => (scene.tally.of(event.job).sameFailures > 1 ? [] : failureBody(event, scene)),
  log: [
    "fail",
    (event, _, { zone, tally }) => {
      const { sameFailures } = tally.of(event.job);
      const again = sameFailures > 1 ? ` (${texts().screen.sameError(sameFailures)})` : "";
      return loggedRun(event, zone, `${taskErrorInLine(event.error)}${again}`);
    },
  ],
};

/** Each event once: on the screen, in a log. */
const eventTexts: { readonly [E in EventName]?: EventText<E> } = {
  removed: {
    sign: ["skip"],
    text: ({ why }) => (why === "cancelled" ? texts().screen.cancelled : undefined),
    log: ["cancel", ({ why }) => (why === "cancelled" ? "" : undefined)],
  },
  paused: {
    sign: ["paused"],
    text: ({ why }) => texts().screen.paused(why && oneLine(why)),
    log: ["pause", ({ why = "" }) => oneLine(why)],
  },
  resumed: {
    sign: ["run"],
    text: ({ job }, at, scene) => `${texts().screen.resumed}${nextOf(job, at, scene)}`,
    log: ["resume", ({ job }, _, { zone }) => loggedNext(job, zone)],
  },
  started: {
    sign: ["run"],
    text: ({ job, late }, at, scene) =>
      isFrequent(job, at, scene) ? undefined : late < minute ? "" : texts().commands.late(sayLength(late)),
    log: [
      "run",
      ({ job, late }, at, scene) =>
        isFrequent(job, at, scene) ? undefined : late < minute ? "" : `late=${compact(late)}`,
    ],
  },
  retrying: {
    sign: ["warn"],
    text({ attempt, error, wait }, _, { style }) {
      const words = texts().screen;
      const [why = ""] = taskErrorLines(error, { ...style, width: Infinity, paint: (text) => text });
      return `${words.attemptFailed(attempt, why)} ${style.glyphs.dot} ${words.retrying(sayWait(wait))}`;
    },
    log: [
      "retry",
      ({ attempt, error, wait }) =>
        `attempt=${attempt} again=${compact(Math.ceil(wait / second) * second)} ${taskErrorInLine(error)}`,
    ],
  },
  succeeded: {
    sign: ["ok", "green"],
    text: (event, at, scene) => (isCounted(event.job, at, scene) ? undefined : ended(event, at, scene)),
    log: [
      "ok",
      (event, at, scene) => (isCounted(event.job, at, scene) ? undefined : loggedRun(event, scene.zone)),
    ],
  },
  failed,
  timedOut: failed,
  cancelled: {
    sign: ["skip"],
    text: (event, at, scene) => `${texts().screen.cancelled} ${ended(event, at, scene)}`,
    log: ["stop", (event, _, { zone }) => loggedRun(event, zone, texts().screen.cancelled)],
  },
  skipped,
  dropped: skipped,
  interrupted: {
    sign: ["warn", "yellow"],
    text: ({ run }) => outcomeText(run),
    log: ["died", ({ run }) => outcomeText(run)],
  },
  missed: {
    sign: ["skip"],
    text: ({ run }) => outcomeText(run),
    log: ["miss", ({ run }, _, { zone }) => loggedSkip(run, undefined, zone)],
  },
  clockJumped: {
    sign: ["asleep"],
    text(jump, at, scene) {
      const [start, end] = [jump.from, jump.to].map((date) => clockAt(date.getTime() as Instant, scene.zone));
      const { arrow, dot } = scene.style.glyphs;
      return jumpParts(jump, ` (${start} ${arrow} ${end})`, at, scene).join(` ${dot} `);
    },
    log: ["clockJumped", (jump, at, scene) => jumpParts(jump, "", at, scene).join(", ")],
  },
  sleeping: {
    lines({ entries, top, wait, isCapped }, _, { zone, style }) {
      const words = texts().screen;
      const at = top?.due.getTime() as Instant;
      const parts = [
        words.heap(entries),
        ...(top
          ? [
              words.heapTop(
                oneLine(top.job.name),
                `${sayTime(at, zone)}.${String(at % second).padStart(3, "0")}`,
              ),
            ]
          : []),
        words.sleeping(wait, isCapped),
      ];
      return joinTo(parts, ", ", style.width - 2).map((line) => `  ${style.paint(line, "dim")}`);
    },
    log: [
      "debug",
      ({ entries, top, wait, isCapped }, _, { zone }) => {
        const first = top
          ? ` top=${loggedName(top.job)}@${formatIso(top.due.getTime() as Instant, zone)}`
          : "";
        return `heap=${entries}${first} sleep=${wait}ms${isCapped ? " capped" : ""}`;
      },
    ],
  },
  warning: {
    sign: ["warn", "yellow"],
    text: ({ message }) => oneLine(message),
    log: ["warn", ({ message }) => oneLine(message)],
  },
  stopping: {
    lines({ running, grace }, at, { tally, style }) {
      if (running.length === 0) return [];
      const words = texts().screen;
      const jobs = running.map((job) =>
        words.running(oneLine(job.name), sayWait(at - (tally.of(job).running[0] ?? at))),
      );
      const parts = [
        words.stopping,
        words.waitingFor(jobs.join(", ")),
        words.upTo(sayWait(grace)),
        words.abandonKey(running.length),
      ];
      return ["", ...joinTo(parts, ` ${style.glyphs.dot} `, style.width - 4).map((line) => `  ${line}`)];
    },
    log: [
      "stop",
      ({ running, grace }) =>
        running.length === 0
          ? undefined
          : `waiting=${running.map(loggedName).join(",")} grace=${compact(grace)}`,
    ],
  },
  stopped: {
    log: [
      "end",
      (_, at, { tally }) =>
        `after=${compact(tally.length(at))} runs=${tally.runs} failed=${tally.failed} missed=${tally.missed}`,
    ],
  },
};

/** The outcome of a run in a few words, and why if it did not start: `"12 skipped, the job was paused"`. */
export const outcomeText = ({ outcome, count = 1, started, ended, error, reason }: RunRecord): string => {
  const { outcomes, reasons } = texts().commands;
  const took = started && ended ? sayLength(ended.getTime() - started.getTime()) : "";
  if (outcome === "succeeded") return took;
  if (outcome === "failed") return oneLine(error?.split("\n")[0] ?? outcomes.failed);
  return outcomes[outcome](count, took, reason && reasons[reason]);
};

/** `"  17:45:00  ✔ priceCheck   1.8s"`; what does not fit stands below its name. */
const row = (sign: string, text: string, at: Instant, { style, zone }: Scene): readonly string[] =>
  wrapText(`  ${style.paint(sayTime(at, zone), "dim")}  ${sign} ${text}`, style.width, `${below}  `).map(
    (line) => line.replaceAll(unbroken, " "),
  );

/** A blank at which a row does not wrap: a moment stays together. */
const unbroken = "\u00a0";

/** Where the sign of a row stands. */
const below = " ".repeat(12);

const ofJob = (job: Job, text: string, { style, nameWidth }: Scene): string => {
  const name = oneLine(job.name);
  const gap = text === "" ? "" : `${padTo(name, nameWidth).slice(name.length)}   `;
  return `${style.paint(name, "cyan")}${gap}${text}`;
};

/** The start of a job that has just succeeded twice within a minute is not shown. */
const isFrequent = (job: Job, at: Instant, { isVerbose, tally }: Scene): boolean =>
  !isVerbose && hasSucceeded(tally.of(job), 2, at);

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
    ? `   ${texts()
        .timeline.next(sayShort(nextRun.getTime() as Instant, at, zone))
        .replaceAll(" ", unbroken)}`
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

/** How the clock jumped, what was missed, and how each job's `catchUp` treats it: `"asleep 5h"`, `"missed backupPhotos 02:30"`, `"catching up once"`. */
const jumpParts = (
  { cause, by }: Events["clockJumped"],
  from: string,
  now: Instant,
  { jobs, zone }: Scene,
): readonly string[] => {
  const words = texts().screen;
  const jump = words.jumps[cause](`${sayLength(Math.abs(by))}${from}`);
  if (cause === "set-back") return [jump, words.noRunTwice];
  const overdue = jobs()
    .flatMap((job) => entryOf(job) ?? [])
    .filter((entry) => entry.due <= now);
  if (overdue.length === 0) return [jump];
  const names = overdue
    .slice(0, mostNamed)
    .map((entry) => `${oneLine(entry.name)} ${clockAt(entry.due as Instant, zone)}`);
  const starts = overdue.map(
    ({ trigger, due: first, definition }) =>
      due(trigger, first as Instant, now, definition.policies.catchUp).run.length,
  );
  const runs = starts.reduce((sum, count) => sum + count, 0);
  return [
    jump,
    words.missedRuns(names.join(", "), overdue.length - names.length),
    words.catchingUp(runs, starts.filter((count) => count > 0).length, starts.length),
  ];
};

/** More names than these are only counted. */
const mostNamed = 3;

/** A name that cannot be taken for two words. */
export const loggedName = ({ name }: Job): string =>
  /[\s"]/.test(name) ? JSON.stringify(oneLine(name)) : oneLine(name);

/** A moment to the second, with its offset: `"2026-11-22T17:45:00+01:00"`. */
export const loggedTime = (at: Instant, zone: Zone): string =>
  formatIso((Math.floor(at / second) * second) as Instant, zone);

/** A length without a blank in it, the same in each language. */
const compact = (length: number): string => sayLength(length, "en").replaceAll(" ", "");

/** `"1.8s next=2026-11-22T18:00:00+01:00"`, and more. */
const loggedRun = ({ job, run }: RunEvent, zone: Zone, more = ""): string => {
  const took = run.started && run.ended ? compact(run.ended.getTime() - run.started.getTime()) : "";
  return joined(took, loggedNext(job, zone), more);
};

const joined = (...parts: readonly string[]): string => parts.filter(Boolean).join(" ");

const loggedNext = ({ nextRun }: Job, zone: Zone): string =>
  nextRun ? `next=${loggedTime(nextRun.getTime() as Instant, zone)}` : "";

type Facts = Readonly<Record<string, unknown>>;
type FormatDate = (date: Date) => string;

/** An event as an object with plain values. Names and meaning of the members never change. */
export const eventObject = ({ name, data }: SchedulerEvent, at: Instant, zone: Zone): Facts => {
  const format: FormatDate = (date) => formatIso(date.getTime() as Instant, zone);
  const facts = Object.entries(data).map(([key, value]: [string, unknown]): Facts => {
    if (value === undefined || key === "value") return {};
    if (key === "job") {
      const { name: job, nextRun } = value as Job;
      return { job, ...(showsNext(name, data) && { next: nextRun ? format(nextRun) : null }) };
    }
    if (key === "run") return runFacts(value as RunRecord, format);
    if (key === "error") return { error: errorFacts(value) };
    if (key === "top") {
      const { job, due } = value as NonNullable<Events["sleeping"]["top"]>;
      return { top: { job: job.name, due: format(due) } };
    }
    if (Array.isArray(value)) return { [key]: value.map((job: Job) => job.name) };
    return { [milliseconds.has(key) ? `${key}Ms` : key]: value instanceof Date ? format(value) : value };
  });
  const none = name === "sleeping" ? { top: null } : {};
  return Object.assign({ time: formatIso(at, zone), event: name }, none, ...facts);
};

const milliseconds: ReadonlySet<string> = new Set(["late", "wait", "by", "grace"]);

const showsNext = (name: EventName, data: object): boolean =>
  name === "registered" || name === "resumed" || "run" in data;

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

const errorFacts = (error: unknown): Facts => {
  const at = placeOfTaskError(error);
  return isError(error)
    ? { name: textOf(error, "name"), message: textOf(error, "message"), ...(at !== undefined && { at }) }
    : { message: inWords(error) };
};
