import { existsSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { DailyWindow } from "../recurrence/recurrence.ts";
import { invocation } from "../report/stack.ts";
import { calendarFile } from "../simulate/ics.ts";
import { timelineHtml } from "../simulate/page-file.ts";
import { timelineSvg } from "../simulate/picture.ts";
import { rehearse } from "../simulate/simulate.ts";
import { timelineStrip } from "../simulate/strip.ts";
import { countRuns, type Timeline, timelineJson, timelineOf } from "../simulate/timeline.ts";
import { oneLine } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { parseMoment } from "../time/iso.ts";
import { day, formatTime, parseTime } from "../time/plain-time.ts";
import { resolveWall, type WallTime, wallAt } from "../time/zone.ts";
import { type CommandContext, command, flag, printJson, readCount, text, UsageError } from "./command.ts";

const fileFormats = ["html", "svg", "ics"] as const;
const simulateOptions = {
  days: text,
  from: text,
  "as-if-slept": text,
  html: text,
  svg: text,
  ics: text,
  json: flag,
} as const;

/** Shows what the jobs would do in the coming days; runs no task. */
export const simulate = command("simulate", 0, simulateOptions, async (context, values) => {
  const { scheduler, style, print } = context;
  const { clock, zone } = scheduler;
  const days = readCount(values.days ?? "7", "--days", mostDays);
  const from = values.from === undefined ? clock.now() : parseMoment(values.from, zone);
  // Days of the wall clock, so that a week ends at the time of day at which it began.
  const to = resolveWall(zone, (wallAt(zone, from) + days * day) as WallTime);
  const simulation = await rehearse(scheduler, from, to, {
    goesOn: values.from === undefined,
    ...(values["as-if-slept"] !== undefined && { asleep: readNap(values["as-if-slept"]) }),
  });
  const timeline = { ...timelineOf(simulation), script: invocation()?.script, now: clock.now() };
  const files = fileFormats.flatMap((format) => {
    const path = values[format];
    return path === undefined ? [] : [{ format, path }];
  });
  for (const { format, path } of files) {
    const wrote = writeTo(path, format, timeline, clock.now(), context);
    if (!values.json) print([wrote]);
  }
  if (values.json) printJson(context, timelineJson(timeline));
  else if (files.length === 0) print(["", timelineStrip(timeline, style), ""]);
});

const mostDays = 3_660;

const writeTo = (
  path: string,
  format: (typeof fileFormats)[number],
  timeline: Timeline,
  now: Instant,
  { errors, style }: CommandContext,
): string => {
  const words = texts().commands.simulate;
  const shown = oneLine(path);
  // An existing file is overwritten, but never one that can hardly be meant: --html myjobs.ts
  if (existsSync(path)) {
    const real = realpathSync(path);
    if (!real.toLowerCase().endsWith(`.${format}`) || isScript(real))
      throw new UsageError(
        real === resolve(path) ? words.exists(shown, format) : words.linksTo(shown, oneLine(real)),
      );
  }
  const runs = timeline.lanes.reduce((sum, lane) => sum + countRuns(lane), 0);
  let what = words.runs(runs, timeline.lanes.length);
  if (format === "ics") {
    const { text, events, leftOut } = calendarFile(timeline, now);
    writeFileSync(path, text);
    what = words.events(events);
    if (leftOut.length > 0) errors.write(`  ${words.leftOut(leftOut.map(oneLine).join(", "))}\n`);
  } else writeFileSync(path, format === "html" ? timelineHtml(timeline) : timelineSvg(timeline));
  return `  ${style.paint(texts().commands.wrote, "green")}  ${shown}   ${what}`;
};

/** Also by another name: a hard link has no target. */
const isScript = (path: string): boolean => {
  const script = process.argv[1];
  const own = script === undefined ? undefined : statSync(script, { throwIfNoEntry: false });
  const found = statSync(path);
  return own !== undefined && own.ino === found.ino && own.dev === found.dev;
};

/** Reads `"22:00-08:00"`: when the machine falls asleep, and when it wakes. */
const readNap = (given: string): DailyWindow => {
  const parts = /^\s*([\d:]+)\s*[-–]\s*([\d:]+)\s*$/.exec(given);
  if (!parts) throw new UsageError(texts().commands.simulate.notASpan(oneLine(given)));
  const [from, to] = [parseTime(parts[1]!), parseTime(parts[2]!)];
  if (from === to) throw new UsageError(texts().commands.simulate.sleepsAllDay);
  return { from: formatTime(from), to: formatTime(to) };
};
