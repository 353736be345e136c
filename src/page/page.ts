import { stripVTControlCharacters } from "node:util";
import { isLoopback, type PagePlace } from "../checks.ts";
import { type KnownJob, knownJob, knownJobs } from "../commands/command.ts";
import { policyRows, sameAs } from "../commands/explain.ts";
import { factsOf } from "../commands/why.ts";
import type { Job } from "../job.ts";
import { openBrowser } from "../report/browser.ts";
import { type Scene, screenLines } from "../report/event-text.ts";
import { taskErrorLines } from "../report/failure.ts";
import { invocation } from "../report/stack.ts";
import { Tally } from "../report/tally.ts";
import { whyRun } from "../report/why.ts";
import type { SchedulerEvent } from "../scheduler/events.ts";
import { type Entry, entryOf } from "../scheduler/job.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import { pictureStyle } from "../simulate/picture.ts";
import type { Terminal } from "../terminal/status-line.ts";
import { type Style, unicode } from "../terminal/style.ts";
import { manyLines, oneLine, sayLength, sayZone } from "../terminal/text.ts";
import { currentLanguage, texts } from "../text/text.ts";
import { systemClock } from "../time/clock.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { hour, minute, second } from "../time/plain-time.ts";
import { midnightAfter, offsetAt } from "../time/zone.ts";
import {
  idOf,
  jobModel,
  type PageEvent,
  type PageJobDetails,
  type PagePatch,
  type PageState,
  readAction,
  runModel,
} from "./model.ts";
import { newToken, type PageServer, serve } from "./server.ts";
import { pageTimeline } from "./timeline.ts";

/** Text for a page, which wraps lines itself. */
const pageStyle: Style = { paint: (text) => text, glyphs: unicode, width: Infinity };

/** What happens within a tenth of a second is sent at once. */
const flushAfter = 100 as Milliseconds;
const mostOver = 100;
/** Runs of a job that are shown, and runs of all jobs that are remembered with what they printed: so many characters. */
const mostRuns = 50;
const mostNotes = 300;
const mostOutput = 8_000;
const mostEvents = 500;
/** More lines at once than these nobody reads. */
const mostLogged = 100;

/**
 * A page that shows a scheduler live, and acts on it. It only listens, and remembers what no record holds, whether or not anybody looks: what jobs print, the places
 * of failures, and the last events. All of it is bounded.
 */
export class Page {
  readonly #scheduler: SchedulerCore;
  readonly #options: PagePlace;
  readonly #streams: readonly Terminal[];
  readonly #since: Instant;
  readonly #scene: Scene;
  readonly #clients = new Set<(event: string, data: unknown) => void>();
  readonly #notes = new Map<string, { output?: string; failure?: readonly string[] }>();
  /** Jobs that have ended since the script was started, by id: they stay in sight. */
  readonly #over = new Map<string, KnownJob>();
  readonly #changed = new Map<string, KnownJob>();
  readonly #gone = new Set<string>();
  /** Jobs that were running when they were last looked at: a task that ignores its timeout ends without an event. */
  readonly #running = new Map<string, KnownJob>();
  #happened: (readonly [SchedulerEvent, Instant])[] = [];
  readonly #log: PageEvent[] = [];
  #lines = 0;
  /** From which line on the log has not been sent. */
  #unsent = 0;
  #isAllChanged = false;
  #isStopping = false;
  #cancelFlush: (() => void) | undefined;
  #cancelLook: (() => void) | undefined;
  #unhook: readonly (() => void)[] = [];
  #server: PageServer | undefined;

  constructor(scheduler: SchedulerCore, options: PagePlace, streams: readonly Terminal[]) {
    this.#scheduler = scheduler;
    this.#options = options;
    this.#streams = streams;
    this.#since = scheduler.clock.now();
    this.#scene = {
      zone: scheduler.zone,
      style: pageStyle,
      tally: new Tally(this.#since),
      nameWidth: 0,
      jobs: () => scheduler.jobs(),
      isVerbose: false,
    };
  }

  /** Serves it. @returns the address with the token, for a terminal alone; nothing where the port cannot be had */
  async listen(): Promise<string | undefined> {
    const { token = newToken(), host, port } = this.#options;
    const words = texts().page;
    const content = {
      style: pictureStyle,
      connect: (send: (event: string, data: unknown) => void) => this.#connect(send),
      job: (id: string) => this.#details(id),
      timeline: (hours: number) => pageTimeline(this.#scheduler, this.#known(), hours),
      act: (text: string) => this.#act(text),
    };
    const server = await serve({ host, port, token }, content).catch(
      ({ code, message }: NodeJS.ErrnoException) =>
        this.#scheduler.warn(code === "EADDRINUSE" ? words.portTaken(port) : words.notServed(message)),
    );
    if (!server) return undefined;
    this.#server = server;
    if (!isLoopback(host)) this.#scheduler.warn(words.isPublic(server.address));
    if (this.#options.open) openBrowser(server.visit());
    return `${server.address}?token=${encodeURIComponent(token)}`;
  }

  open(): void {
    this.#unhook = this.#streams.map((stream) => this.#watch(stream));
  }

  /** Jobs that are due at one moment all start before the page looks at what has happened. */
  show(event: SchedulerEvent, at: Instant): void {
    this.#happened.push([event, at]);
    this.#planFlush();
  }

  close(): void {
    for (const unhook of this.#unhook) unhook();
    this.#cancelLook?.();
    this.#cancelFlush?.();
    this.#flush(this.#summary());
    this.#server?.close();
  }

  /** Reads along what jobs write to a stream; it goes where it went before. */
  #watch(stream: Terminal): () => void {
    const { write } = stream;
    const watched: Terminal["write"] = (chunk, ...rest) => {
      const run = this.#scheduler.callers()[0];
      if (run) {
        const notes = this.#note(run.job, run.scheduled);
        const output = `${notes.output ?? ""}${typeof chunk === "string" ? chunk : Buffer.from(chunk)}`;
        // A copy, because a slice of a text keeps all of it in memory.
        notes.output =
          output.length <= mostOutput ? output : Buffer.from(output.slice(-mostOutput)).toString();
      }
      return write.call(stream, chunk, ...rest);
    };
    stream.write = watched;
    return () => {
      if (stream.write === watched) stream.write = write;
    };
  }

  #note(job: Job, scheduled: number) {
    const key = `${idOf({ name: job.name, job })} ${scheduled}`;
    const notes = this.#notes.get(key) ?? {};
    this.#notes.set(key, notes);
    if (this.#notes.size > mostNotes) this.#notes.delete(this.#notes.keys().next().value!);
    return notes;
  }

  #catchUp(): void {
    const happened = this.#happened;
    this.#happened = [];
    for (const [event, at] of happened) {
      this.#write(event, at);
      this.#follow(event, at);
      if (event.name === "clockJumped") this.#isAllChanged = true;
      else if ("job" in event.data) this.#change(knownJob(event.data.job));
    }
  }

  #write(event: SchedulerEvent, at: Instant): void {
    this.#scene.tally.add(event, at);
    const { name, data } = event;
    if ((name === "failed" || name === "timedOut") && data.error !== undefined)
      this.#note(data.job, data.run.scheduled.getTime()).failure = taskErrorLines(data.error, pageStyle);
    // That a run has started is seen in the list.
    if (name === "started" && data.late < minute) return;
    const lines = screenLines(event, at, this.#scene)
      .map((line) => line.replace(/^ {2}\d\d:\d\d:\d\d {2}|^ {12}|^ {2}/, ""))
      .filter((line, i, all) => line !== "" || (i > 1 && i < all.length - 1));
    if (lines.length === 0) return;
    this.#log.push({ id: this.#lines++, at, name, lines });
    if (this.#log.length > mostEvents) this.#log.shift();
  }

  #follow({ name, data }: SchedulerEvent, at: Instant): void {
    if (name === "stopping") this.#isStopping = true;
    if (name === "registered")
      for (const [id, { name }] of this.#over) if (name === data.job.name) this.#forget(id);
    if (name !== "removed") return;
    const known = knownJob(data.job, { at, why: data.why });
    this.#over.set(idOf(known), known);
    if (this.#over.size > mostOver) this.#forget(this.#over.keys().next().value!);
  }

  #forget(id: string): void {
    this.#over.delete(id);
    this.#gone.add(id);
  }

  #change(known: KnownJob): void {
    const id = idOf(known);
    this.#changed.set(id, this.#over.get(id) ?? known);
  }

  #planFlush(): void {
    this.#cancelFlush ??= wakeIn(flushAfter, () => this.#flush());
  }

  #flush(end?: string): void {
    this.#cancelFlush = undefined;
    this.#catchUp();
    for (const [id, known] of this.#running) {
      if (known.job?.isRunning) continue;
      this.#running.delete(id);
      this.#change(known);
    }
    const known = this.#isAllChanged ? this.#known() : [...this.#changed.values()];
    const log = this.#log.filter(({ id }) => id >= this.#unsent).slice(-mostLogged);
    if (this.#clients.size > 0) {
      const patch = { ...this.#patch(known, log), end };
      for (const send of this.#clients) send("patch", patch);
    }
    this.#changed.clear();
    this.#gone.clear();
    this.#unsent = this.#lines;
    this.#isAllChanged = false;
    for (const one of known) if (one.job?.isRunning) this.#running.set(idOf(one), one);
    if (this.#running.size === 0 || this.#clients.size === 0) return;
    this.#cancelLook ??= wakeIn(second as Milliseconds, () => {
      this.#cancelLook = undefined;
      for (const known of this.#running.values()) this.#change(known);
      this.#planFlush();
    });
  }

  #patch(known: readonly KnownJob[], log: readonly PageEvent[]): PagePatch {
    return {
      now: this.#scheduler.clock.now(),
      jobs: known.map(jobModel),
      gone: [...this.#gone],
      log,
      isStopping: this.#isStopping,
    };
  }

  #connect(send: (event: string, data: unknown) => void): () => void {
    this.#catchUp();
    const { clock, zone } = this.#scheduler;
    const state: PageState = {
      ...this.#patch(this.#known(), this.#log),
      language: currentLanguage(),
      words: texts().page.words,
      script: invocation()?.script ?? "onthedot",
      zone: {
        name: zone.name,
        label: sayZone(zone, clock.now()),
        offset: /^UTC./.test(zone.name) ? offsetAt(zone, clock.now()) : undefined,
      },
      since: this.#since,
    };
    send("state", state);
    this.#clients.add(send);
    return () => this.#clients.delete(send);
  }

  #known(): readonly KnownJob[] {
    const names = new Set([...this.#over.values()].map(({ name }) => name));
    return [
      ...knownJobs(this.#scheduler).filter(({ job, end, name }) => (job && !end) || !names.has(name)),
      ...this.#over.values(),
    ];
  }

  #find(id: string): KnownJob | undefined {
    return this.#known().find((known) => idOf(known) === id);
  }

  #details(id: string): PageJobDetails | undefined {
    this.#catchUp();
    const known = this.#find(id);
    if (!known) return undefined;
    const { job, end } = known;
    const entry = job && entryOf(job);
    const words = texts().commands.explain;
    const story = factsOf(known, this.#scheduler);
    const runs = known.history(mostRuns).map((run) => {
      const { failure, output } = this.#notes.get(`${id} ${run.scheduled.getTime()}`) ?? {};
      // Without colours, and with nothing in it that cannot be seen.
      const printed = output && manyLines(stripVTControlCharacters(output)).join("\n");
      return { ...runModel(run), why: whyRun(story, run), failure, output: printed };
    });
    return {
      facts: [
        ...(entry ? [[words.source, oneLine(entry.source)] as const] : []),
        ...(job ? sameAs(job.recurrence, unicode) : []),
        ...(entry ? policyRows(entry.definition.policies) : []),
      ],
      next: job && !end && !job.isPaused ? job.next(10).map((date) => date.getTime()) : [],
      runs: runs.reverse(),
    };
  }

  /** The same functions that the commands and keys of the terminal call. */
  #act(text: string): readonly [status: number, data: unknown] {
    const action = readAction(text);
    if (!action) return [400, {}];
    const job = this.#find(action.job)?.job;
    const entry = job && entryOf(job);
    const words = texts().page;
    if (!job || !entry || entry.isGone) return [409, { error: words.noSuchJob }];
    if (this.#isStopping) return [409, { error: words.words.stopping }];
    // What it throws is shown with its event.
    if (action.do === "run") void job.run().catch(() => {});
    if (action.do === "resume") job.resume();
    if (action.do === "cancel") entry.abortRuns();
    if (action.do === "pause")
      this.#scheduler.pauseEntry(job as Entry, undefined, this.#endOfPause(action.until));
    return [200, {}];
  }

  #endOfPause(until: "hour" | "tomorrow" | undefined): Instant | undefined {
    const { clock, zone } = this.#scheduler;
    if (until === "hour") return later(clock.now(), hour as Milliseconds);
    return until && midnightAfter(clock.now(), zone);
  }

  #summary(): string {
    const { tally } = this.#scene;
    const words = texts().screen;
    const length = sayLength(tally.length(this.#scheduler.clock.now()));
    return [
      this.#scheduler.isOver ? words.finished(length) : words.stopped(length),
      words.runs(tally.runs),
      words.failedRuns(tally.failed),
      texts().timeline.missed(tally.missed),
    ].join(" · ");
  }
}

const wakeIn = (wait: Milliseconds, wake: () => void): (() => void) =>
  systemClock.wakeAt(later(systemClock.now(), wait), wake, false);
