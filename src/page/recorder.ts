import { stripVTControlCharacters } from "node:util";
import type { Job } from "../job.ts";
import { type Scene, screenLines } from "../report/event-text.ts";
import { taskErrorLines } from "../report/failure.ts";
import { Tally } from "../report/tally.ts";
import type { SchedulerEvent } from "../scheduler/events.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import type { Terminal } from "../terminal/status-line.ts";
import { manyLines } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { minute } from "../time/plain-time.ts";
import { idOf, type PageEvent, pageStyle } from "./model.ts";

/** What is kept of a run beside its record. */
export interface RunNotes {
  output?: string;
  failure?: readonly string[];
}

const mostRuns = 300;
const mostEvents = 500;
/** Characters of a run's output. */
const mostOutput = 8_000;

/** Remembers what no record holds, whether or not anybody looks: what jobs print, the places of failures, and the last events. All of it is bounded. */
export class Recorder {
  readonly log: PageEvent[] = [];
  readonly tally: Tally;
  readonly #scheduler: SchedulerCore;
  readonly #scene: Scene;
  #lines = 0;
  readonly #notes = new Map<string, RunNotes>();
  #unhook: readonly (() => void)[] = [];

  constructor(scheduler: SchedulerCore) {
    this.#scheduler = scheduler;
    this.tally = new Tally(scheduler.clock.now());
    this.#scene = {
      zone: scheduler.zone,
      style: pageStyle,
      tally: this.tally,
      nameWidth: 0,
      jobs: () => scheduler.jobs(),
      isVerbose: false,
    };
  }

  /** Reads along what jobs write to streams; it goes where it went before. */
  watch(streams: readonly Terminal[]): void {
    this.#unhook = streams.map((stream) => this.#watch(stream));
  }

  /** Writes an event down. @returns the line of the log, where it has one */
  add(event: SchedulerEvent, at: Instant): PageEvent | undefined {
    this.tally.add(event, at);
    const { name, data } = event;
    if ((name === "failed" || name === "timedOut") && data.error !== undefined)
      this.#note(data.job, data.run.scheduled.getTime()).failure = taskErrorLines(data.error, pageStyle);
    // That a run has started is seen in the list.
    if (name === "started" && data.late < minute) return undefined;
    const lines = screenLines(event, at, this.#scene)
      .map((line) => line.replace(/^ {2}\d\d:\d\d:\d\d {2}|^ {12}|^ {2}/, ""))
      .filter((line, i, all) => line !== "" || (i > 1 && i < all.length - 1));
    if (lines.length === 0) return undefined;
    const line: PageEvent = {
      id: this.#lines++,
      at,
      name,
      ...("job" in data && { job: idOf({ name: data.job.name, job: data.job }) }),
      lines,
    };
    this.log.push(line);
    if (this.log.length > mostEvents) this.log.shift();
    return line;
  }

  notesOn(job: Job, scheduled: number): RunNotes {
    return this.#notes.get(keyOf(job, scheduled)) ?? {};
  }

  close(): void {
    for (const unhook of this.#unhook) unhook();
  }

  #note(job: Job, scheduled: number): RunNotes {
    const key = keyOf(job, scheduled);
    let notes = this.#notes.get(key);
    if (!notes) {
      notes = {};
      this.#notes.set(key, notes);
      if (this.#notes.size > mostRuns) this.#notes.delete(this.#notes.keys().next().value!);
    }
    return notes;
  }

  #watch(stream: Terminal): () => void {
    const { write } = stream;
    const watched: Terminal["write"] = (chunk, ...rest) => {
      const run = this.#scheduler.callers()[0];
      if (run) {
        const notes = this.#note(run.job, run.scheduled);
        notes.output = lastOf(
          `${notes.output ?? ""}${typeof chunk === "string" ? chunk : Buffer.from(chunk)}`,
        );
      }
      return write.call(stream, chunk, ...rest);
    };
    stream.write = watched;
    return () => {
      if (stream.write === watched) stream.write = write;
    };
  }
}

const keyOf = (job: Job, scheduled: number): string => `${idOf({ name: job.name, job })} ${scheduled}`;

/** A copy, because a slice of a text keeps all of it in memory. */
const lastOf = (text: string): string =>
  text.length <= mostOutput ? text : Buffer.from(text.slice(-mostOutput)).toString();

/** What a job printed, without colours and with nothing in it that cannot be seen. */
export const readable = (output: string): string => manyLines(stripVTControlCharacters(output)).join("\n");
