import type { Hearing } from "../language/hearing.ts";
import { parseBoundary } from "../language/reader.ts";
import { type Beginning, beginningAt } from "../recurrence/combine.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { looksIso, parseMoment } from "../time/iso.ts";
import { instantOf, type Moment, readMoment } from "../time/moment.ts";
import { mod, parseDate } from "../time/plain-date.ts";
import { day, parseTime } from "../time/plain-time.ts";
import { resolveWall, utc, type WallTime, wallAt, type Zone } from "../time/zone.ts";
import type { Heard } from "./said.ts";

/** The beginning: a moment, the start of a day, or what a phrase says. */
export const readStart = (given: string | Moment): Heard<Beginning> => {
  if (typeof given !== "string") {
    const moment = readMoment(given);
    if (moment.kind === "instant") return () => ({ starting: moment.at });
    const wall = moment.kind === "wall" ? moment.wall : ((moment.date * day) as WallTime);
    return ({ zone }) => beginningAt(zone, wall);
  }
  if (looksIso(given)) return ({ zone }) => parseBeginning(given, zone);
  return (hearing) => ({ starting: parseBoundary(given, hearing, "start") });
};

const parseBeginning = (text: string, zone: Zone): Beginning => {
  const starting = parseMoment(text, zone);
  const meant = parseMoment(text, utc) as number as WallTime;
  const asWall = beginningAt(zone, meant);
  return asWall.starting === starting ? asWall : { starting };
};

/**
 * The end, itself included: a moment, the end of a day (`"2026-12-31"`), a time of today (`"18:30"`), or what a phrase says.
 *
 * It may have passed: then the job has ended, and the script still starts.
 *
 * @throws ScheduleError `moment`, or what the phrase parser throws
 */
export const readEnd = (given: string | Moment): Heard<Instant> => {
  if (typeof given === "string") return readEndText(given);
  const moment = readMoment(given);
  if (moment.kind === "date") return ({ zone }) => endOfDay(zone, moment.date);
  return ({ zone }) => instantOf(moment, zone);
};

const readEndText = (text: string): Heard<Instant> => {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return ({ zone }) => endOfDay(zone, parseDate(text));
  if (looksIso(text)) return ({ zone }) => parseMoment(text, zone);
  if (/^\d:\d{2}(?::\d{2})?$/.test(text)) return readEndText(`0${text}`);
  if (/^\d{2}:\d{2}(?::\d{2})?$/.test(text)) return (hearing) => today(text, hearing);
  return (hearing) => parseBoundary(text, hearing, "end");
};

const endOfDay = (zone: Zone, date: number): Instant =>
  (resolveWall(zone, ((date + 1) * day) as WallTime) - 1) as Instant;

const today = (time: string, { now, zone }: Hearing): Instant => {
  const wall = wallAt(zone, now);
  return resolveWall(zone, (wall - mod(wall, day) + parseTime(time)) as WallTime);
};

/**
 * The end of a span. Whole days keep the wall clock, as days do everywhere; others are elapsed time.
 */
export const endOfSpan = (start: Instant, span: Milliseconds, zone: Zone): Instant =>
  span % day === 0
    ? resolveWall(zone, (wallAt(zone, start) + span) as WallTime)
    : ((start + span) as Instant);
