import { due } from "../policy/catch-up.ts";
import { calendar, interval, timeList } from "../recurrence/build.ts";
import { compile } from "../recurrence/next/compile.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { dayNumber } from "../time/plain-date.ts";
import { day, hour, minute, second } from "../time/plain-time.ts";
import { resolveWall, type WallTime, wallAt, wallToInstants, type Zone } from "../time/zone.ts";

/** What the four systems of the tutorial are put through. */
export interface Race {
  readonly zone: Zone;
  readonly from: Instant;
  readonly to: Instant;
  /** Daily at 02:30, else every hour. */
  readonly isDaily: boolean;
  /** How long a run takes, in milliseconds. */
  readonly takes: number;
  /** When the computer sleeps. */
  readonly sleep?: { readonly from: number; readonly to: number } | undefined;
}

/** A run, or an occurrence without one. */
export interface Mark {
  readonly at: number;
  readonly end: number;
  readonly kind: "run" | "caughtUp" | "dropped";
}

const halfPastTwo = 2.5 * hour;

const triggerOf = ({ isDaily, zone, from }: Race) =>
  compile(isDaily ? calendar({ times: timeList([halfPastTwo]) }) : interval(hour as Milliseconds), {
    zone,
    anchor: from,
  });

/** The occurrences that one would want, and that onthedot plans. */
export const wantedIn = (race: Race): readonly Instant[] => {
  const trigger = triggerOf(race);
  const moments: Instant[] = [];
  for (let at = trigger.next(race.from); at !== null && at <= race.to; at = trigger.next(at))
    moments.push(at);
  return moments;
};

const isAsleep = ({ sleep }: Race, at: number): boolean =>
  sleep !== undefined && at >= sleep.from && at < sleep.to;

/** The moment at which so much time has passed for a computer that may sleep in between. */
const after = ({ sleep }: Race, at: number, length: number): number => {
  const end = at + length;
  const sleeps = sleep !== undefined && at < sleep.to && end > sleep.from;
  return sleeps ? end + sleep.to - Math.max(at, sleep.from) : end;
};

const run = (race: Race, at: number, kind: Mark["kind"] = "run"): Mark => ({
  at,
  end: kind === "dropped" ? at : after(race, at, race.takes),
  kind,
});

/** What each system does, on virtual time. The rules of the others were measured: schedule 1.2.2, APScheduler 3.11. */
export const systems = {
  /** `while True: job(); time.sleep(…)`. The sleep begins when the job has ended, and stands still while the computer sleeps. */
  loop(race: Race): readonly Mark[] {
    const pause = race.isDaily ? day : hour;
    const marks: Mark[] = [];
    const first = race.isDaily ? (wantedIn(race)[0] ?? Infinity) : race.from + pause;
    for (let at = first; at <= race.to; at = after(race, marks.at(-1)!.end, pause)) marks.push(run(race, at));
    return marks;
  },

  /** Polls local times without a zone; the next one is counted from the end of the last run. */
  schedule(race: Race): readonly Mark[] {
    const wallOf = (at: number): number => wallAt(race.zone, at as Instant);
    const nextAfter = (wall: number): number =>
      race.isDaily ? Math.floor((wall - halfPastTwo) / day + 1) * day + halfPastTwo : wall + hour;
    const marks: Mark[] = [];
    let next = nextAfter(wallOf(race.from));
    for (let at: number = race.from; at <= race.to; at += minute) {
      if (isAsleep(race, at) || wallOf(at) < next) continue;
      const mark = run(race, at, wallOf(at) - next > minute ? "caughtUp" : "run");
      marks.push(mark);
      at = Math.max(at, Math.ceil(mark.end / minute) * minute);
      next = nextAfter(wallOf(at));
    }
    return marks;
  },

  /** Drops what is more than a second late or still running. A time of day in the repeated hour fires twice. */
  apscheduler(race: Race): readonly Mark[] {
    let freeAt = 0;
    return (race.isDaily ? everyHalfPastTwo(race) : wantedIn(race)).map((at) => {
      const isLate = isAsleep(race, at) && race.sleep!.to - at > second;
      const mark = run(race, at, isLate || at < freeAt ? "dropped" : "run");
      if (mark.kind === "run") freeAt = mark.end;
      return mark;
    });
  },

  /** Plans each occurrence from a fixed anchor, catches up once after sleep, and starts nothing while a run is still running. */
  onthedot(race: Race): readonly Mark[] {
    const trigger = triggerOf(race);
    const marks: Mark[] = [];
    let freeAt = 0;
    for (let at = trigger.next(race.from); at !== null && at <= race.to; ) {
      const now = isAsleep(race, at) ? (race.sleep!.to as Instant) : at;
      const { run: starts, next } = due(trigger, at, now, { missed: "once" });
      for (const start of starts) {
        const isLate = now - start > minute || now !== at;
        const mark = run(race, now, now < freeAt ? "dropped" : isLate ? "caughtUp" : "run");
        marks.push(mark);
        if (mark.kind !== "dropped") freeAt = mark.end;
      }
      at = next;
    }
    return marks;
  },
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

/** Nights of 2027, by the day before: in Europe the clocks are set in two of them. */
export const nights = { ordinary: [6, 12], forward: [3, 27], back: [10, 30] } as const;

/** A race from the noon before a night, with a computer that falls asleep at 23:00. */
export const raceIn = (
  zone: Zone,
  night: keyof typeof nights,
  { isDaily = false, takes = 0, sleeps = 0 } = {},
): Race => {
  const [month, date] = nights[night];
  const from = resolveWall(zone, (dayNumber(2027, month, date) * day + 12 * hour) as WallTime);
  const asleep = from + 11 * hour;
  const to = (from + (isDaily ? 3 : 1) * day) as Instant;
  const sleep = sleeps === 0 ? undefined : { from: asleep, to: asleep + sleeps * hour };
  return { zone, from, to, isDaily, takes: takes * minute, sleep };
};
