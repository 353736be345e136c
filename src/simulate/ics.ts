import { createHash } from "node:crypto";
import { toRrule, utcStamp } from "../language/rrule.ts";
import { withoutUnsafe } from "../terminal/text.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { mod } from "../time/plain-date.ts";
import { day } from "../time/plain-time.ts";
import { formatOffset, offsetAt, type WallTime, wallAt, wallToInstants, type Zone } from "../time/zone.ts";
import { clockChanges } from "./clock-changes.ts";
import { isRun, type Lane, startOf, type Timeline, type TimelineRun } from "./timeline.ts";

/** A calendar and what did not go into it. */
export interface CalendarFile {
  /** The text of an `.ics` file (RFC 5545). */
  readonly text: string;
  /** How many it has; a recurring one counts once. */
  readonly events: number;
  /** Jobs that are not in it, because they run too often and no rule says when. */
  readonly leftOut: readonly string[];
}

/** A calendar program becomes slow, and a reader blind, with more events of one job than this. */
const mostOfOne = 200;

/**
 * The runs of a timeline as events of a calendar: one recurring event for a job whose runs one rule says, else one event for each. The same event has the same UID
 * in every file, so that a program that reads a newer file replaces what it has.
 *
 * @param now when the file is made
 */
export const calendarFile = (timeline: Timeline, now: Instant): CalendarFile => {
  const chosen = timeline.lanes.map((lane) => {
    const runs = lane.runs.filter(isRun);
    const rule = ruleOf(lane, runs);
    return { lane, runs, rule, isLeftOut: rule === undefined && runs.length > mostOfOne };
  });
  const events = chosen.flatMap(({ lane, runs, rule, isLeftOut }) => {
    if (isLeftOut) return [];
    return rule ? [event(lane, runs[0]!, now, rule)] : runs.map((run) => event(lane, run, now));
  });
  const zones = new Map(
    chosen.flatMap(({ lane: { zone }, rule }) => (rule?.isWall ? [[zone.name, zone] as const] : [])),
  );
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//onthedot//timeline//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    "X-WR-CALNAME:onthedot",
    ...[...zones.values()].flatMap((zone) => zoneLines(zone, timeline)),
    ...events.flat(),
    "END:VCALENDAR",
  ];
  return {
    text: lines.map((line) => `${folded(line)}\r\n`).join(""),
    events: events.length,
    leftOut: chosen.filter(({ isLeftOut }) => isLeftOut).map(({ lane }) => lane.name),
  };
};

interface Rule {
  readonly text: string;
  /** Whether it names wall times of a zone, and not elapsed time. */
  readonly isWall: boolean;
}

/** The rule that gives exactly these runs: not where one was late or left out, or a clock change moved or repeated its wall time. */
const ruleOf = ({ recurrence, runs: all, zone }: Lane, runs: readonly TimelineRun[]): Rule | undefined => {
  const rule = recurrence && toRrule(recurrence)?.replace(/;(?:UNTIL|COUNT)=[^;]*/g, "");
  if (!rule || runs.length < 2 || runs.length < all.length) return undefined;
  if (runs.some(({ late, count }) => late || count)) return undefined;
  const isWall = !/^FREQ=(?:HOURLY|MINUTELY|SECONDLY)/.test(rule);
  const walls = runs.map(({ at }) => wallAt(zone, at));
  const timesOfDay = new Set(walls.map((wall) => mod(wall, day)));
  const named = (part: string) => new RegExp(`${part}=([^;]*)`).exec(rule)?.[1]?.split(",").length ?? 1;
  const isMoved = timesOfDay.size > named("BYHOUR") * named("BYMINUTE") * named("BYSECOND");
  const isDoubtful = isMoved || walls.some((wall) => wallToInstants(zone, wall).length !== 1);
  if (isWall && isDoubtful) return undefined;
  return { text: `${rule};UNTIL=${utcStamp(runs.at(-1)!.at)}`, isWall };
};

/** The offsets of a zone during a timeline, as a calendar program needs them (section 3.6.5). */
const zoneLines = (zone: Zone, { from, to }: Timeline): readonly string[] => {
  const at = (from - day) as Instant;
  const offset = offsetAt(zone, at);
  const lines = [{ at, before: offset, after: offset }, ...clockChanges(zone, at, to)].flatMap((change) => [
    "BEGIN:STANDARD",
    `DTSTART:${wallStamp((change.at + change.before) as WallTime)}`,
    `TZOFFSETFROM:${offsetText(change.before)}`,
    `TZOFFSETTO:${offsetText(change.after)}`,
    "END:STANDARD",
  ]);
  return ["BEGIN:VTIMEZONE", `TZID:${zone.name}`, ...lines, "END:VTIMEZONE"];
};

const offsetText = (offset: number): string => formatOffset(offset as Milliseconds).replace(":", "");

/** Section 3.3.5, form 1: `20270203T040506`. */
const wallStamp = (wall: WallTime): string => utcStamp(wall as number as Instant).slice(0, -1);

const event = (
  { name, when, zone }: Lane,
  run: TimelineRun,
  now: Instant,
  rule?: Rule,
): readonly string[] => [
  "BEGIN:VEVENT",
  `UID:${createHash("sha256")
    .update(`${name}\n${rule ? "" : run.at}`)
    .digest("hex")
    .slice(0, 32)}@onthedot`,
  `DTSTAMP:${utcStamp(now)}`,
  rule?.isWall
    ? `DTSTART;TZID=${zone.name}:${wallStamp(wallAt(zone, run.at))}`
    : `DTSTART:${utcStamp(startOf(run))}`,
  ...(rule ? [`RRULE:${rule.text}`] : []),
  `SUMMARY:${escaped(name)}`,
  `DESCRIPTION:${escaped(`${when} (${zone.name})`)}`,
  "TRANSP:TRANSPARENT",
  "END:VEVENT",
];

/** RFC 5545 section 3.3.11: text has no control characters, and a line break is written `\n`. */
const escaped = (text: string): string =>
  withoutUnsafe(
    text
      .replaceAll(/\r\n|\r/g, "\n")
      .replaceAll(/[\\;,]/g, "\\$&")
      .replaceAll("\n", "\\n"),
  );

/** RFC 5545 section 3.1: no line is longer than 75 octets; the next one goes on after a blank. No character is cut in two. */
const folded = (line: string): string => {
  const parts: string[] = [];
  let [part, size] = ["", 0];
  for (const sign of line) {
    const octets = Buffer.byteLength(sign);
    if (size + octets > 75) {
      parts.push(part);
      [part, size] = ["", 1];
    }
    part += sign;
    size += octets;
  }
  return [...parts, part].join("\r\n ");
};
