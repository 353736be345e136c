import { due } from "../policy/catch-up.ts";
import { calendar, interval, timeList } from "../recurrence/build.ts";
import { compile } from "../recurrence/next/compile.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { dayNumber } from "../time/plain-date.ts";
import { day, hour, minute, second } from "../time/plain-time.ts";
import { resolveWall, type WallTime, wallAt, wallToInstants, type Zone } from "../time/zone.ts";

/** What the four systems of the tutorial are put through. */
export interface Race {
  readonly zone: Zone;
  readonly from: Instant;
  readonly to: Instant;
  /** Every so often, or daily at 02:30. */
  readonly job: { readonly every: Milliseconds } | "daily";
  /** How long a run takes. */
  readonly takes: Milliseconds;
  /** When the computer sleeps. */
  readonly sleep?: { readonly from: Instant; readonly to: Instant } | undefined;
}

/** A run, or an occurrence without one. */
export interface Mark {
  readonly at: Instant;
  readonly end: Instant;
  readonly kind: "run" | "caughtUp" | "dropped";
}

export type System = "loop" | "schedule" | "apscheduler" | "onthedot";

/** What each system does, on virtual time. The rules of the others were measured: schedule 1.2.2, APScheduler 3.11. */
export const raceOf = (race: Race): Readonly<Record<System, readonly Mark[]>> => ({
  loop: loop(race),
  schedule: schedule(race),
  apscheduler: apscheduler(race),
  onthedot: onthedot(race),
});

/** The occurrences that one would want, and that onthedot plans. */
export const wantedIn = ({ job, zone, from, to }: Race): readonly Instant[] => {
  const trigger = compile(recurrenceOf(job), { zone, anchor: from });
  const moments: Instant[] = [];
  for (let at = trigger.next(from); at !== null && at <= to; at = trigger.next(at)) moments.push(at);
  return moments;
};

const halfPastTwo = 2.5 * hour;

const recurrenceOf = (job: Race["job"]): Recurrence =>
  job === "daily" ? calendar({ times: timeList([halfPastTwo]) }) : interval(job.every);

const isAsleep = ({ sleep }: Race, at: number): boolean =>
  sleep !== undefined && at >= sleep.from && at < sleep.to;

/** The moment at which so much time has passed for a computer that may sleep in between. */
const after = ({ sleep }: Race, at: number, length: number): Instant => {
  const end = at + length;
  const sleeps = sleep !== undefined && at < sleep.to && end > sleep.from;
  return (sleeps ? end + sleep.to - Math.max(at, sleep.from) : end) as Instant;
};

const run = (race: Race, at: Instant, kind: Mark["kind"] = "run"): Mark => ({
  at,
  end: kind === "dropped" ? at : after(race, at, race.takes),
  kind,
});

/** `while True: job(); time.sleep(…)`. The sleep begins when the job has ended, and stands still while the computer sleeps. */
const loop = (race: Race): readonly Mark[] => {
  const pause = race.job === "daily" ? day : race.job.every;
  const first = race.job === "daily" ? wantedIn(race)[0] : ((race.from + pause) as Instant);
  const marks: Mark[] = [];
  for (let at = first; at !== undefined && at <= race.to; at = after(race, marks.at(-1)!.end, pause))
    marks.push(run(race, at));
  return marks;
};

/** Polls local times without a zone; the next one is counted from the end of the last run. */
const schedule = (race: Race): readonly Mark[] => {
  const { job, zone, from, to } = race;
  const nextAfter = (wall: number): number =>
    job === "daily" ? Math.floor((wall - halfPastTwo) / day + 1) * day + halfPastTwo : wall + job.every;
  const marks: Mark[] = [];
  let next = nextAfter(wallAt(zone, from));
  for (let at = from as number; at <= to; at += minute) {
    if (isAsleep(race, at) || wallAt(zone, at as Instant) < next) continue;
    const isLate = wallAt(zone, at as Instant) - next > minute;
    marks.push(run(race, at as Instant, isLate ? "caughtUp" : "run"));
    at = Math.max(at, Math.ceil(marks.at(-1)!.end / minute) * minute);
    next = nextAfter(wallAt(zone, at as Instant));
  }
  return marks;
};

/** Drops what is more than a second late or still running. A time of day in the repeated hour fires twice. */
const apscheduler = (race: Race): readonly Mark[] => {
  const grace = second;
  const marks: Mark[] = [];
  let freeAt = 0;
  for (const at of race.job === "daily" ? everyHalfPastTwo(race) : wantedIn(race)) {
    const isLate = isAsleep(race, at) && race.sleep!.to - at > grace;
    const mark = run(race, at, isLate || at < freeAt ? "dropped" : "run");
    marks.push(mark);
    if (mark.kind === "run") freeAt = mark.end;
  }
  return marks;
};

const everyHalfPastTwo = ({ zone, from, to }: Race): readonly Instant[] => {
  const moments: Instant[] = [];
  for (let date = Math.floor(wallAt(zone, from) / day); date * day <= wallAt(zone, to); date++) {
    const wall = (date * day + halfPastTwo) as WallTime;
    const found = wallToInstants(zone, wall);
    moments.push(...(found.length > 0 ? found : [resolveWall(zone, wall)]));
  }
  return moments.filter((at) => at > from && at <= to);
};

/** Plans each occurrence from a fixed anchor, catches up once after sleep, and starts nothing while a run goes on. */
const onthedot = (race: Race): readonly Mark[] => {
  const trigger = compile(recurrenceOf(race.job), { zone: race.zone, anchor: race.from });
  const marks: Mark[] = [];
  let freeAt = 0;
  for (let at = trigger.next(race.from); at !== null && at <= race.to; ) {
    const now = isAsleep(race, at) ? race.sleep!.to : at;
    const { run: starts, next } = due(trigger, at, now, { missed: "once" });
    for (const start of starts) {
      const mark = run(
        race,
        now,
        now < freeAt ? "dropped" : now - start > minute || now !== at ? "caughtUp" : "run",
      );
      marks.push(mark);
      if (mark.kind !== "dropped") freeAt = mark.end;
    }
    at = next;
  }
  return marks;
};

/** The noon before a night of 2027. */
export const noonBefore = (zone: Zone, night: "ordinary" | "forward" | "back"): Instant => {
  const [month, date] = { ordinary: [6, 12], forward: [3, 27], back: [10, 30] }[night] as [number, number];
  return resolveWall(zone, (dayNumber(2027, month, date) * day + 12 * hour) as WallTime);
};
