import { isLoopback, type PagePlace } from "../checks.ts";
import { type KnownJob, knownJob, knownJobs } from "../commands/command.ts";
import { policyRows, sameAs } from "../commands/explain.ts";
import { factsOf } from "../commands/why.ts";
import { openBrowser } from "../report/browser.ts";
import { invocation, version } from "../report/stack.ts";
import { whyRun } from "../report/why.ts";
import type { SchedulerEvent } from "../scheduler/events.ts";
import { type Entry, entryOf } from "../scheduler/job.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import { pictureStyle } from "../simulate/picture.ts";
import type { Terminal } from "../terminal/status-line.ts";
import { unicode } from "../terminal/style.ts";
import { oneLine, sayLength, sayZone } from "../terminal/text.ts";
import { currentLanguage, texts } from "../text/text.ts";
import { systemClock } from "../time/clock.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { hour, second } from "../time/plain-time.ts";
import { midnightAfter, offsetAt } from "../time/zone.ts";
import { loadPage } from "./html.ts";
import {
  idOf,
  jobModel,
  type PageEvent,
  type PageJobDetails,
  type PagePatch,
  type PageRunDetails,
  type PageState,
  readAction,
  runModel,
} from "./model.ts";
import { Recorder, readable } from "./recorder.ts";
import { type ActResult, newToken, type PageServer, serve } from "./server.ts";
import { pageTimeline } from "./timeline.ts";

/** A page that shows a scheduler live, and acts on it. It only listens. */
export class Page {
  readonly #scheduler: SchedulerCore;
  readonly #options: PagePlace;
  readonly #recorder: Recorder;
  readonly #streams: readonly Terminal[];
  readonly #since: Instant;
  readonly #clients = new Set<(event: string, data: unknown) => void>();
  /** Jobs that have ended since the script was started, by id: they stay in sight. */
  readonly #over = new Map<string, KnownJob>();
  readonly #changed = new Map<string, KnownJob>();
  /** Jobs that were running when they were last looked at: a task that ignores its timeout ends without an event. */
  #running: readonly KnownJob[] = [];
  readonly #gone = new Set<string>();
  #happened: (readonly [SchedulerEvent, Instant])[] = [];
  #log: PageEvent[] = [];
  #isAllChanged = false;
  #isStopping = false;
  #cancelFlush: (() => void) | undefined;
  #cancelLook: (() => void) | undefined;
  #server: PageServer | undefined;

  constructor(scheduler: SchedulerCore, options: PagePlace, streams: readonly Terminal[]) {
    this.#scheduler = scheduler;
    this.#options = options;
    this.#recorder = new Recorder(scheduler);
    this.#streams = streams;
    this.#since = scheduler.clock.now();
  }

  /** Serves it. @returns the address with the token, for a terminal alone; nothing where the port cannot be had */
  async listen(): Promise<string | undefined> {
    const { token = newToken(), host, port } = this.#options;
    const words = texts().page;
    const { html, headers } = await loadPage(pictureStyle);
    const server = await serve(
      { host, port, token },
      {
        html,
        headers,
        connect: (send) => this.#connect(send),
        job: (id) => this.#details(id),
        timeline: (hours) => pageTimeline(this.#scheduler, this.#known(), hours),
        act: (text) => this.#act(text),
      },
    ).catch(({ code, message }: NodeJS.ErrnoException) =>
      this.#scheduler.warn(code === "EADDRINUSE" ? words.portTaken(port) : words.notServed(message)),
    );
    if (!server) return undefined;
    this.#server = server;
    if (!isLoopback(host)) this.#scheduler.warn(words.isPublic(server.address));
    if (this.#options.open) openBrowser(server.visit());
    return `${server.address}?token=${encodeURIComponent(token)}`;
  }

  open(): void {
    this.#recorder.watch(this.#streams);
  }

  /** Jobs that are due at one moment all start before the page looks at what has happened. */
  show(event: SchedulerEvent, at: Instant): void {
    if (this.#happened.push([event, at]) === 1) setImmediate(() => this.#catchUp());
  }

  #catchUp(): void {
    const happened = this.#happened;
    this.#happened = [];
    for (const [event, at] of happened) this.#take(event, at);
  }

  #take(event: SchedulerEvent, at: Instant): void {
    const line = this.#recorder.add(event, at);
    this.#follow(event, at);
    if (this.#clients.size === 0) return void this.#gone.clear();
    if (line) this.#log.push(line);
    if (event.name === "clockJumped") this.#isAllChanged = true;
    else if ("job" in event.data) this.#change(knownJob(event.data.job));
    this.#planFlush();
  }

  close(): void {
    this.#catchUp();
    this.#cancelFlush?.();
    this.#cancelLook?.();
    this.#recorder.close();
    this.#flush({ end: this.#summary() });
    this.#server?.close();
  }

  #follow({ name, data }: SchedulerEvent, at: Instant): void {
    if (name === "stopping") this.#isStopping = true;
    if (name === "registered")
      for (const [id, { name }] of this.#over) if (name === data.job.name) this.#forget(id);
    if (name !== "removed") return;
    const { job, why } = data;
    const known = knownJob(job, { at, why });
    this.#over.set(idOf(known), known);
    if (this.#over.size > mostOver) this.#forget(this.#over.keys().next().value!);
  }

  #forget(id: string): void {
    this.#over.delete(id);
    this.#gone.add(id);
  }

  #known(): readonly KnownJob[] {
    const names = new Set([...this.#over.values()].map(({ name }) => name));
    return [
      ...knownJobs(this.#scheduler).filter(({ job, end, name }) => (job && !end) || !names.has(name)),
      ...this.#over.values(),
    ];
  }

  #connect(send: (event: string, data: unknown) => void): () => void {
    this.#catchUp();
    const { clock, zone } = this.#scheduler;
    const now = clock.now();
    const { page, time } = texts();
    const state: PageState = {
      now,
      language: currentLanguage(),
      words: page.words,
      betweenUnits: time.betweenUnits,
      script: invocation()?.script ?? "onthedot",
      version: version(),
      zone: {
        name: zone.name,
        label: sayZone(zone, now),
        ...(/^UTC./.test(zone.name) && { offset: offsetAt(zone, now) }),
      },
      since: this.#since,
      jobs: this.#known().map(jobModel),
      log: this.#recorder.log,
    };
    send("state", state);
    this.#clients.add(send);
    return () => this.#clients.delete(send);
  }

  #change(known: KnownJob): void {
    const id = idOf(known);
    this.#changed.set(id, this.#over.get(id) ?? known);
  }

  #planFlush(): void {
    this.#cancelFlush ??= wakeIn(flushAfter, () => {
      this.#cancelFlush = undefined;
      this.#flush({});
    });
  }

  #flush(more: Pick<PagePatch, "end">): void {
    const known = this.#isAllChanged ? this.#known() : [...this.#changed.values()];
    const patch: PagePatch = {
      now: this.#scheduler.clock.now(),
      jobs: known.map(jobModel),
      gone: [...this.#gone],
      log: this.#log.slice(-mostLogged),
      ...(this.#isStopping && { isStopping: true }),
      ...more,
    };
    this.#changed.clear();
    this.#gone.clear();
    this.#log = [];
    this.#isAllChanged = false;
    for (const send of this.#clients) send("patch", patch);
    this.#running = known.filter(({ job }) => job?.isRunning);
    if (this.#running.length > 0 && this.#clients.size > 0) this.#lookAgain();
  }

  #lookAgain(): void {
    this.#cancelLook ??= wakeIn(second as Milliseconds, () => {
      this.#cancelLook = undefined;
      for (const known of this.#running) this.#change(known);
      this.#planFlush();
    });
  }

  #find(id: string): KnownJob | undefined {
    return this.#known().find((known) => idOf(known) === id);
  }

  #details(id: string): PageJobDetails | undefined {
    const known = this.#find(id);
    if (!known) return undefined;
    const { job } = known;
    const entry = job && entryOf(job);
    const words = texts().commands.explain;
    const story = factsOf(known, this.#scheduler);
    const runs = known.history(mostRuns).map((run): PageRunDetails => {
      const { failure, output } = job ? this.#recorder.notesOn(job, run.scheduled.getTime()) : {};
      return {
        ...runModel(run),
        why: whyRun(story, run),
        ...(failure && { failure }),
        ...(output && { output: readable(output) }),
      };
    });
    return {
      id,
      facts: [
        ...(entry ? [[words.source, oneLine(entry.source)] as const] : []),
        ...(job ? sameAs(job.recurrence, unicode) : []),
        ...(entry ? policyRows(entry.definition.policies) : []),
      ],
      next: job && !known.end && !job.isPaused ? job.next(10).map((date) => date.getTime()) : [],
      runs: runs.reverse(),
    };
  }

  /** The same functions that the commands and keys of the terminal call. */
  #act(text: string): ActResult | undefined {
    const action = readAction(text);
    if (!action) return undefined;
    const job = this.#find(action.job)?.job;
    const words = texts().page;
    if (!job || entryOf(job)?.isGone) return { error: words.noSuchJob };
    if (this.#isStopping) return { error: words.words.stopping };
    switch (action.do) {
      case "run":
        // What it throws is shown with its event.
        void job.run().catch(() => {});
        break;
      case "pause":
        this.#scheduler.pauseEntry(job as Entry, undefined, this.#endOfPause(action.until));
        break;
      case "resume":
        job.resume();
        break;
      case "cancel":
        entryOf(job)?.abortRuns();
    }
    return { ok: true };
  }

  #endOfPause(until: "hour" | "tomorrow" | undefined): Instant | undefined {
    const { clock, zone } = this.#scheduler;
    if (until === "hour") return later(clock.now(), hour as Milliseconds);
    return until && midnightAfter(clock.now(), zone);
  }

  #summary(): string {
    const { tally } = this.#recorder;
    const words = texts().screen;
    const length = sayLength(tally.length(this.#scheduler.clock.now()));
    return [
      this.#scheduler.isOver ? words.finished(length) : words.stopped(length),
      words.runs(tally.runs),
      words.failedRuns(tally.failed),
      words.missed(tally.missed),
    ].join(" · ");
  }
}

/** What happens within a tenth of a second is sent at once. */
const flushAfter = 100 as Milliseconds;

const wakeIn = (wait: Milliseconds, wake: () => void): (() => void) =>
  systemClock.wakeAt(later(systemClock.now(), wait), wake, false);

const mostOver = 100;
const mostRuns = 50;
/** More lines at once than these nobody reads. */
const mostLogged = 100;
