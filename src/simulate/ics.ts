import { createHash } from "node:crypto";
import { withoutUnsafe } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { isRun, type Lane, startOf, type Timeline, type TimelineRun } from "./timeline.ts";

/** A calendar and what did not go into it. */
export interface CalendarFile {
  /** The text of an `.ics` file (RFC 5545). */
  readonly text: string;
  readonly events: number;
  /** Jobs of which only the first runs are in it. */
  readonly shortened: readonly string[];
}

/** A calendar program becomes slow, and a reader blind, with more events of one job than this. */
const mostOfOne = 1_000;

/**
 * The runs of a timeline as events of a calendar, in UTC; of a job that runs very often the first thousand. The same run has the same UID in
 * every file, so that a program that reads a newer file replaces what it has.
 *
 * @param now when the file is made
 */
export const calendarFile = ({ lanes }: Timeline, now: Instant): CalendarFile => {
  const chosen = lanes.map((lane) => ({ lane, runs: lane.runs.filter(isRun) }));
  const events = chosen.flatMap(({ lane, runs }) =>
    runs.slice(0, mostOfOne).map((run) => event(lane, run, now)),
  );
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//onthedot//timeline//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    "X-WR-CALNAME:onthedot",
    ...events.flat(),
    "END:VCALENDAR",
  ];
  return {
    text: lines.map((line) => `${folded(line)}\r\n`).join(""),
    events: events.length,
    shortened: chosen.filter(({ runs }) => runs.length > mostOfOne).map(({ lane }) => lane.name),
  };
};

const event = ({ name, when, zone }: Lane, run: TimelineRun, now: Instant): readonly string[] => [
  "BEGIN:VEVENT",
  `UID:${createHash("sha256").update(`${name}\n${run.at}`).digest("hex").slice(0, 32)}@onthedot`,
  `DTSTAMP:${utcStamp(now)}`,
  `DTSTART:${utcStamp(startOf(run))}`,
  `SUMMARY:${escaped(name)}`,
  `DESCRIPTION:${escaped(`${when} (${zone.name})`)}`,
  "TRANSP:TRANSPARENT",
  "END:VEVENT",
];

/** RFC 5545 section 3.3.5, form 2: `20270203T040506Z`. */
const utcStamp = (at: Instant): string => new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, "");

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
