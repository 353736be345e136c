import { invalid, oneOf } from "../checks.ts";
import type { Job, RunRecord } from "../job.ts";
import { texts } from "../text/text.ts";
import type { Milliseconds } from "../time/instant.ts";

/** A decision on an occurrence of a job. */
export interface RunEvent {
  /** Whose occurrence it was. */
  readonly job: Job;
  /** What was decided. */
  readonly run: RunRecord;
  /** What the task returned. */
  readonly value?: unknown;
  /** What the task threw. */
  readonly error?: unknown;
}

/** The machine slept, the clock was set, or the process stalled. */
export interface ClockJump {
  /** What the wall clock showed before. */
  readonly from: Date;
  /** What it shows now. */
  readonly to: Date;
  /** How far the wall clock moved beyond the time that passed, or how late the waking was; negative when the clock was set back. */
  readonly by: Milliseconds;
  /** `"asleep"`: the wall clock went ahead of the time that passed (sleep; where the machine cannot tell the two apart, also a clock set forward) · `"set-back"` · `"set-forward"` · `"stalled"`: woken late. */
  readonly cause: "asleep" | "set-back" | "set-forward" | "stalled";
}

/** What a loop knows when it goes to sleep. */
export interface Sleeping {
  /** How many moments lie in the heap: one for each job that is planned, and one for each start that is put off. */
  readonly entries: number;
  /** The job whose moment is the earliest, and that moment; left out where nothing is planned. */
  readonly top?: { readonly job: Job; readonly due: Date };
  readonly wait: Milliseconds;
  /** Whether it sleeps less than until the top, so that it notices when the machine has slept. */
  readonly isCapped: boolean;
}

/**
 * Every event of a scheduler, by name. Screens, logs, pings and pages only listen.
 *
 * @example
 * ```ts
 * import { type Events, every, listen, start } from "onthedot";
 *
 * const onStarted = ({ job, late }: Events["started"]) => console.log(`${job.name}, ${late} ms late`);
 *
 * every(5).minutes.do(function poll() {});
 * listen("started", onStarted);
 * start();
 * //=> poll, 0 ms late
 * ```
 */
export interface Events {
  /** A job was registered. */
  registered: { readonly job: Job };
  /** The job is gone: cancelled, or at its end. */
  removed: { readonly job: Job; readonly why: "cancelled" | "ended" };
  /** By hand, or for a reason: `pauseAfterFailures`, another process, named days whose data has ended. */
  paused: { readonly job: Job; readonly why?: string };
  /** A job was resumed. */
  resumed: { readonly job: Job };
  /** The first attempt of a run begins, `late` milliseconds after the planned moment. */
  started: {
    readonly job: Job;
    readonly scheduled: Date;
    readonly attempt: number;
    readonly late: Milliseconds;
  };
  /** An attempt has failed, and the next one follows after `wait` milliseconds. */
  retrying: {
    readonly job: Job;
    readonly scheduled: Date;
    readonly attempt: number;
    readonly error: unknown;
    readonly wait: Milliseconds;
  };
  /** The task has ended well. */
  succeeded: RunEvent;
  /** The last attempt threw. */
  failed: RunEvent;
  /** The last attempt took longer than `timeout`. */
  timedOut: RunEvent;
  /** The run was called off. */
  cancelled: RunEvent;
  /** Occurrences that did not start: the last run was still running, or the job was paused. `run.reason` says which, and `run.count` how many. */
  skipped: RunEvent;
  /** Too many runs were waiting. */
  dropped: RunEvent;
  /** The process died during the run; reported by the next one on the same store. */
  interrupted: RunEvent;
  /** Occurrences that did not start in time and will not run on their own: `coalesced` or `expired`, with their count. */
  missed: RunEvent;
  /** The machine slept, the clock was set, or the process stalled. */
  clockJumped: ClockJump;
  /** With `run({ debug: true })` only: before each sleep. */
  sleeping: Sleeping;
  /** Something a person should know that no job has done. */
  warning: { readonly message: string };
  /** Nothing starts any more; what runs is waited for, up to the grace. */
  stopping: { readonly running: readonly Job[]; readonly grace: Milliseconds };
  /** Nothing runs any more, except abandoned tasks that did not end in time. */
  stopped: { readonly abandoned: readonly Job[] };
}

/** What can be listened to. */
export type EventName = keyof Events;
/** Any event, with its name. */
export type SchedulerEvent = { [E in EventName]: { readonly name: E; readonly data: Events[E] } }[EventName];
/** Called at an event; what it throws is reported on stderr and changes nothing. */
export type Listener<E extends EventName> = (event: Events[E]) => void;

/** Every name, once. */
export const eventNames: readonly EventName[] = Object.keys({
  registered: 1,
  removed: 1,
  paused: 1,
  resumed: 1,
  started: 1,
  retrying: 1,
  succeeded: 1,
  failed: 1,
  timedOut: 1,
  cancelled: 1,
  skipped: 1,
  dropped: 1,
  interrupted: 1,
  missed: 1,
  clockJumped: 1,
  sleeping: 1,
  warning: 1,
  stopping: 1,
  stopped: 1,
} satisfies Record<EventName, 1>) as EventName[];

/**
 * One typed stream of events. A listener that throws, or whose promise is rejected, is reported on stderr and changes nothing. Only {@link EventStream.settled}
 * waits for the promises of listeners.
 */
export class EventStream {
  /** Lists that are never changed: a new one is made, so that whoever goes through one comes to its end. */
  readonly #listeners = new Map<EventName, readonly Listener<never>[]>();
  readonly #unfinished = new Set<Promise<void>>();

  /** @returns a function that stops listening */
  listen<E extends EventName>(name: E, listener: Listener<E>): () => void {
    if (!eventNames.includes(name)) oneOf(name, eventNames, "event", texts().scheduler.about.event);
    if (typeof listener !== "function")
      throw invalid("event", "listen(…)", listener, texts().scheduler.expected.listener);
    const others = () => (this.#listeners.get(name) ?? []).filter((other) => other !== listener);
    this.#listeners.set(name, [...others(), listener as Listener<never>]);
    return () => {
      const left = others();
      if (left.length > 0) this.#listeners.set(name, left);
      else this.#listeners.delete(name);
    };
  }

  /** Listens to every event. @returns a function that stops listening */
  listenToAll(listener: (event: SchedulerEvent) => void): () => void {
    const stops = eventNames.map((name) =>
      this.listen(name, (data) => listener({ name, data } as SchedulerEvent)),
    );
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Whether anyone listens, so that no event is built for nobody. */
  hasListeners(name: EventName): boolean {
    return this.#listeners.has(name);
  }

  emit<E extends EventName>(name: E, event: Events[E]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        const answer: unknown = (listener as Listener<E>)(event);
        if (!(answer instanceof Promise)) continue;
        const end: Promise<void> = answer
          .then(
            () => {},
            (error) => reportListener(name, error),
          )
          .finally(() => this.#unfinished.delete(end));
        this.#unfinished.add(end);
      } catch (error) {
        reportListener(name, error);
      }
    }
  }

  /** Resolves when listeners have ended what they do, at the latest after some time: nothing is lost at the end of a process. */
  async settled(atMost: Milliseconds = longestEnd): Promise<void> {
    if (this.#unfinished.size === 0) return;
    const isTimeUp = new Promise<void>((resolve) =>
      AbortSignal.timeout(atMost).addEventListener("abort", () => resolve()),
    );
    await Promise.race([Promise.all(this.#unfinished), isTimeUp]);
  }
}

const longestEnd = 10_000 as Milliseconds;

const reportListener = (name: EventName, error: unknown): void =>
  console.error(`onthedot: a listener of "${name}" threw`, error);
