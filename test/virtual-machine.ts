import { AsyncLocalStorage } from "node:async_hooks";
import { syncBuiltinESMExports } from "node:module";
import timersPromises from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { format } from "node:util";
import { vi } from "vitest";
import type { Scheduler, StartOptions } from "../src/create.ts";
import { parseDuration } from "../src/time/duration.ts";
import { later, type Milliseconds } from "../src/time/instant.ts";
import { parseMoment } from "../src/time/iso.ts";
import { VirtualClock } from "../src/time/virtual-clock.ts";
import { zoneNamed } from "../src/time/zone.ts";

/** The machine a script is started on. */
export interface Machine {
  /** What the clock on its wall shows at the start: `"2026-03-02 09:00:00"`. */
  readonly start: string;
  readonly zone: string;
  /** How long it is watched: `"35 seconds"`. */
  readonly length: string;
  /** What lies outside of it, where time does not stand still: resolves when nothing is waited for. */
  readonly outside?: { quiet(): Promise<void> };
}

/**
 * Runs a script as it stands, on a machine whose time is virtual: `Date`, timers, `performance.now()`, and the scheduler behind the plain words.
 * `run()` is `start()` here, without its screen.
 *
 * @param lines how many lines are expected: a script that goes on without time passing is waited for until it has printed them
 * @returns what it printed itself, line by line
 */
export const runOnVirtualTime = async (
  file: string,
  { start, zone, length, outside }: Machine,
  lines = 0,
): Promise<readonly string[]> => {
  const printed: string[] = [];
  await prints.run(printed, async () => {
    vi.resetModules();
    const clock = new VirtualClock(parseMoment(start, zoneNamed(zone)));
    const restore = replaceTime(clock, zone);
    try {
      const { assemble } = await import("../src/create.ts");
      const { schedule } = assemble({ clock, zone });
      place[key] = { ...schedule, run: (options) => startUntilOver(schedule, options) };
      await import(/* @vite-ignore */ pathToFileURL(file).href);
      if (outside) await passTogether(clock, length, outside);
      else await clock.advance(length);
      await untilQuiet(printed, lines);
    } finally {
      restore();
      delete place[key];
    }
  });
  return printed;
};

/** Lets time pass in small steps, and after each waits for the answers that come from outside. */
const passTogether = async (
  clock: VirtualClock,
  length: string,
  outside: { quiet(): Promise<void> },
): Promise<void> => {
  const end = clock.now() + parseDuration(length, "length", 0);
  for (await outside.quiet(); clock.now() < end; await outside.quiet()) await clock.advance("10 seconds");
};

/** What the script prints from which a line comes, however late it comes: an earlier script may still go on. */
const prints = new AsyncLocalStorage<string[]>();
const { log } = console;
console.log = (...shown: unknown[]) => {
  const printed = prints.getStore();
  if (printed) printed.push(...format(...shown).split("\n"));
  else log(...shown);
};

/** Waits until a script prints nothing more by itself: much longer as long as lines are missing. */
const untilQuiet = async (printed: readonly string[], lines: number): Promise<void> => {
  for (let quiet = 0; quiet < (printed.length < lines ? 1_000_000 : 2_000); quiet++) {
    const before = printed.length;
    await new Promise<void>((go) => setImmediate(go));
    if (printed.length > before) quiet = 0;
  }
};

const key = Symbol.for("onthedot.default@1");
const place = globalThis as { [key]?: Scheduler };

const startUntilOver = (schedule: Scheduler, options?: StartOptions): Promise<void> =>
  new Promise((resolve) => {
    schedule.listen("removed", () => {
      if (schedule.jobs().length === 0) resolve();
    });
    const { store, engine, allowMultiple, precise } = options ?? {};
    schedule.start({ store, engine, allowMultiple, precise });
  });

/** Puts a clock under everything that tells the time or waits. @returns puts the machine's own time back */
const replaceTime = (clock: VirtualClock, zone: string): (() => void) => {
  const { Date: RealDate, setTimeout, clearTimeout } = globalThis;
  const { setTimeout: realSleep } = timersPromises;
  const realZone = process.env.TZ;
  const cancels = new Map<number, () => void>();
  let timers = 0;
  let looks = 0;
  let seen = -1;
  const wakeIn = (wait: number, wake: () => void): (() => void) =>
    clock.wakeAt(later(clock.now(), Math.max(0, wait) as Milliseconds), wake);
  /** Time passes for a script that does nothing but look at the clock, as it would on a real machine. */
  const now = (): number => {
    if (clock.monotonic() !== seen) looks = 0;
    if (++looks > 10_000) clock.block(1);
    seen = clock.monotonic();
    return clock.now();
  };
  globalThis.Date = class extends RealDate {
    constructor(...given: [] | [string]) {
      super(...(given.length === 0 ? ([clock.now()] as unknown as [string]) : given));
    }
    static override now = now;
  } as DateConstructor;
  globalThis.setTimeout = ((wake: (...args: unknown[]) => void, wait = 0, ...args: unknown[]) => {
    const id = ++timers;
    cancels.set(
      id,
      wakeIn(wait, () => wake(...args)),
    );
    const handle = { ref: () => handle, unref: () => handle, [Symbol.toPrimitive]: () => id };
    return handle;
  }) as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((id: number) => cancels.get(Number(id))?.()) as unknown as typeof clearTimeout;
  timersPromises.setTimeout = ((wait = 0, value?: unknown, { signal }: { signal?: AbortSignal } = {}) =>
    new Promise<unknown>((resolve, reject) => {
      const stop = () => reject(new DOMException("The operation was aborted", "AbortError"));
      if (signal?.aborted) return stop();
      const cancel = wakeIn(wait, () => resolve(value));
      signal?.addEventListener("abort", () => {
        cancel();
        stop();
      });
    })) as typeof realSleep;
  syncBuiltinESMExports();
  const monotonic = vi.spyOn(performance, "now").mockImplementation(() => clock.monotonic());
  process.env.TZ = zone;
  return () => {
    Object.assign(globalThis, { Date: RealDate, setTimeout, clearTimeout });
    timersPromises.setTimeout = realSleep;
    syncBuiltinESMExports();
    monotonic.mockRestore();
    if (realZone === undefined) delete process.env.TZ;
    else process.env.TZ = realZone;
  };
};
