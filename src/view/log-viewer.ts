import type { Job } from "../job/job.ts";
import type { Told } from "../scheduler/events.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import { StatusArea, type Terminal } from "../terminal/status-line.ts";
import { type Environment, type Paint, painter, wantsColour } from "../terminal/style.ts";
import { safeJson } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { minute } from "../time/plain-time.ts";
import { eventObject } from "./json-lines.ts";
import { furtherPlaces, iso, named, type PlainLine, type PlainScene, plainLine } from "./plain-lines.ts";
import { Tally } from "./tally.ts";
import type { Viewer } from "./viewer.ts";

/** Lines of text for a log: the time with its offset, a word, the facts. Under the journal of systemd, which stamps lines itself, without the time. */
export class PlainViewer implements Viewer {
  readonly #scheduler: Scheduler;
  readonly #area: StatusArea;
  readonly #paint: Paint;
  readonly #isStamped: boolean;
  readonly #scene: PlainScene;
  /** Successes that were left out, since when. */
  readonly #untold = new Map<Job, { readonly since: Instant; readonly count: number }>();

  constructor(scheduler: Scheduler, stream: Terminal, env: Environment, isVerbose: boolean) {
    this.#scheduler = scheduler;
    this.#area = withoutStatus(stream, env);
    this.#paint = painter(wantsColour(stream, env));
    this.#isStamped = !env.JOURNAL_STREAM;
    this.#scene = {
      zone: scheduler.zone,
      tally: new Tally(),
      opened: scheduler.clock.now(),
      jobs: () => scheduler.jobs(),
      isVerbose,
    };
  }

  open(): void {
    const { clock, zone, agenda } = this.#scheduler;
    const next = agenda.nextJob;
    const soon = next?.nextRun ? ` next=${named(next)}@${iso(next.nextRun.getTime() as Instant, zone)}` : "";
    this.#print(["start", `jobs=${this.#scheduler.jobs().length} zone=${zone.name}${soon}`], clock.now());
  }

  tell(told: Told, at: Instant): void {
    this.#scene.tally.hear(told, at);
    const line = plainLine(told, at, this.#scene);
    if (line) this.#print(line, at);
    else if (told.name === "succeeded") this.#rollUp(told.event.job, at);
    if (told.name === "failed" && this.#scene.tally.of(told.event.job).alike === 1)
      this.#area.print(furtherPlaces(told.event.error));
  }

  close(): void {
    this.#area.close();
  }

  #print([word, facts]: PlainLine, at: Instant): void {
    const stamp = this.#isStamped ? `${this.#paint(iso(at, this.#scene.zone), "dim")} ` : "";
    const sign = word === "fail" || word === "warn" ? this.#paint(word.padEnd(5), "red") : word.padEnd(5);
    this.#area.print([`${stamp}${sign} ${facts}`]);
  }

  /** Once a minute at most, what a job that runs often has done since. */
  #rollUp(job: Job, at: Instant): void {
    const { since, count } = this.#untold.get(job) ?? { since: at, count: 0 };
    this.#untold.set(job, { since, count: count + 1 });
    if (at - since < minute) return;
    this.#print(["ok", `${named(job)} x${count + 1} since=${iso(since, this.#scene.zone)}`], at);
    this.#untold.delete(job);
  }
}

/** One object a line, for programs. */
export class JsonViewer implements Viewer {
  readonly #scheduler: Scheduler;
  readonly #area: StatusArea;

  constructor(scheduler: Scheduler, stream: Terminal, env: Environment) {
    this.#scheduler = scheduler;
    this.#area = withoutStatus(stream, env);
  }

  open(): void {
    const { clock, zone } = this.#scheduler;
    const jobs = this.#scheduler.jobs().map((job) => ({
      job: job.name,
      when: job.describe(),
      next: job.nextRun ? iso(job.nextRun.getTime() as Instant, zone) : null,
    }));
    this.#print({ time: iso(clock.now(), zone), event: "opened", zone: zone.name, jobs });
  }

  tell(told: Told, at: Instant): void {
    this.#print(eventObject(told, at, this.#scheduler.zone));
  }

  close(): void {
    this.#area.close();
  }

  #print(object: unknown): void {
    this.#area.print([safeJson(object)]);
  }
}

/** Never draws anything, but begins a new line where a job has left one half written. */
const withoutStatus = (stream: Terminal, env: Environment): StatusArea =>
  new StatusArea([stream], () => undefined, env);
