import { readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import type { Clock } from "../time/clock.ts";
import { later, type Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";

/**
 * Two signals within this time are one: one Ctrl-C under tsx or npm can arrive two or three times. Counted from when the first is seen, because Node gives neither
 * the moment nor the sender of a signal: of two that come while the process is busy, the second may be a copy, and a copy must not end running tasks.
 */
const oneSignal = 500;

interface SharedListener {
  readonly acts: Set<(value: unknown) => void>;
  readonly listener: (value: unknown) => void;
}

const shared = new WeakMap<NodeJS.EventEmitter, Map<string, SharedListener>>();

/**
 * Listens to the process or one of its streams through one listener for each event, however many schedulers and screens there are: Node warns of
 * a leak at the eleventh.
 *
 * @returns a function that stops listening
 */
export const shareListener = <T>(
  emitter: NodeJS.EventEmitter,
  event: string,
  act: (value: T) => void,
): (() => void) => {
  const events = shared.get(emitter) ?? new Map<string, SharedListener>();
  shared.set(emitter, events);
  if (!events.has(event)) {
    const acts = new Set<(value: unknown) => void>();
    const listener = (value: unknown) => {
      for (const each of [...acts]) each(value);
    };
    events.set(event, { acts, listener });
    emitter.on(event, listener);
  }
  const { acts, listener } = events.get(event)!;
  const one = act as (value: unknown) => void;
  acts.add(one);
  return () => {
    if (!acts.delete(one) || acts.size > 0) return;
    events.delete(event);
    emitter.off(event, listener);
  };
};

/** A script whose terminal was closed is gone within this time: the system may be shutting down. */
const hangupLimit = (5 * second) as Milliseconds;
const hangupGrace = (4.5 * second) as Milliseconds;

export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

export interface SignalHandlers {
  /** @param limit how long running tasks are waited for at most */
  stop(signal: StopSignal, limit: Milliseconds): void;
  abandon(signal: StopSignal): void;
}

/**
 * Listens for SIGINT, SIGTERM and SIGHUP: the first asks to stop, a further one more than half a second later gives up. SIGHUP never gives up at once, because
 * a terminal that closes sends it more than once, but five seconds later.
 *
 * @param isHangupIgnored whether SIGHUP changes nothing. @default false
 * @returns a function that listens no longer
 */
export const onSignals = (
  clock: Clock,
  { stop, abandon }: SignalHandlers,
  isHangupIgnored = false,
): (() => void) => {
  let first: Milliseconds | undefined;
  let cancel: (() => void) | undefined;
  const onSignal = (signal: StopSignal) => {
    const isHangup = signal === "SIGHUP";
    if (isHangup && isHangupIgnored) return;
    const now = clock.monotonic();
    if (isHangup) cancel ??= clock.wakeAt(later(clock.now(), hangupLimit), () => abandon(signal));
    if (first === undefined) {
      first = now;
      stop(signal, isHangup ? hangupGrace : (Infinity as Milliseconds));
    } else if (!isHangup && now - first > oneSignal) abandon(signal);
  };
  const signals: readonly StopSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  const offs = signals.map((name) => shareListener(process, name, onSignal));
  return () => {
    cancel?.();
    for (const off of offs) off();
  };
};

/**
 * Whether the hangup signal was ignored when this process was started: by `nohup`, or by a shell with `trap "" HUP`.
 *
 * Node gives every signal its default at startup, so its own mask no longer shows that it was ignored; what started it does. Where there is no
 * /proc, a process without a terminal is taken for one that was started so.
 */
export const ignoresHangup = (): boolean => {
  if (read("/proc/self/status") === "") return !(process.stdout.isTTY || process.stderr.isTTY);
  // nohup(1) puts /dev/null, opened for writing alone, in the place of a terminal's input.
  if (/^flags:\s*0\d*1$/m.test(read("/proc/self/fdinfo/0")) && targetOf("/proc/self/fd/0") === "/dev/null")
    return true;
  return ["self", ...parents()].some(
    (one) =>
      ignoresHangupIn(read(`/proc/${one}/status`)) ||
      isNohup(/(?:^|\0)_=([^\0]*)/.exec(read(`/proc/${one}/environ`))?.[1]),
  );
};

/** proc(5): the lowest bit is signal 1, SIGHUP. */
const ignoresHangupIn = (status: string): boolean =>
  (Number.parseInt(/^SigIgn:\s*[0-9a-f]*([0-9a-f])$/m.exec(status)?.[1] ?? "0", 16) & 1) === 1;

/** Shells put the program they start into `_`, and `nohup` hands it on. */
const isNohup = (program: string | undefined): boolean =>
  program !== undefined && basename(program) === "nohup";

/** The processes of this session that started this one: npx, tsx, a shell. */
const parents = (): readonly number[] => {
  const own = statOf("self");
  const found: number[] = [];
  for (let stat = own; stat && found.length < 10; ) {
    const { parent } = stat;
    stat = statOf(parent);
    if (!stat || stat.session !== own?.session) break;
    found.push(parent);
  }
  return found;
};

const statOf = (
  process: number | "self",
): { readonly parent: number; readonly session: number } | undefined => {
  // The name of the command, in parentheses, may hold anything; after it: state, parent, group, session.
  const [, parent, , session] = read(`/proc/${process}/stat`)
    .replace(/^.*\) /s, "")
    .split(" ");
  return parent === undefined ? undefined : { parent: Number(parent), session: Number(session) };
};

const read = (file: string): string => {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
};

const targetOf = (link: string): string => {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
};
