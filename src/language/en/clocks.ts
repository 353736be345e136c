import { type Clock, clocksClause, type Half, just, partClause, type Window } from "../clauses.ts";
import {
  anyMark,
  clockAt,
  clockOf,
  everyMark,
  fixedClock,
  fourDigitClock,
  halfClock,
  hourOf,
  inPart,
  listedMarks,
  markClause,
  marksBetween,
  minutesOf,
  momentWindow,
  moved,
} from "../clocks.ts";
import { type Patterns, row, say } from "../parser.ts";

/** Times of day: alone, in lists, in windows, and minutes of the hour. */
export const clocks = {
  face: [
    say("({time:colons}|{time:dotted}|{time:threeDigits}|{time:fourDigits}) {half}", ({ time, half }) =>
      halfClock(time, half),
    ),
    say("({time:colons}|{time:dotted}|{time:fourDigits} (hours|hrs))", ({ time }) => clockAt(time)),
    say("{n:cardinal} {m:cardinal} {half}?", ({ n, m, half }) =>
      m >= 10 ? spelledClock(n, m, half) : undefined,
    ),
    say("{n:cardinal} (oh|o) {m:cardinal} {half}?", ({ n, m, half }) =>
      m < 10 ? spelledClock(n, m, half) : undefined,
    ),
    say("{time:fourDigits}", ({ time }) => fourDigitClock(time)),
    say("{hour:count} (o'clock|oclock|o clock|o' clock)? {half}", ({ hour, half }) =>
      halfClock({ hour }, half),
    ),
    say("{hour:count} (o'clock|oclock|o clock|o' clock)", ({ hour }) => openedBy(hourOf(hour))),
    say("(noon|midday|12 noon|12 midday|12:00 noon|12:00 midday|twelve noon)", () => fixedClock(12)),
    say("(midnight|12 midnight|12:00 midnight|twelve midnight)", () => fixedClock(0)),
    say("half past {hour}", ({ hour }) => moved(hour, 30)),
    say("a? quarter (past|after) {hour}", ({ hour }) => moved(hour, 15)),
    say("a? quarter (to|before|till|til) {hour}", ({ hour }) => moved(hour, -15)),
    say("{n:count} (minutes|minute|mins|min)? (past|after) {hour}", ({ n, hour }) => moved(hour, n)),
    say(
      "({n:cardinal} (minutes|minute)?|{n:digits} (minutes|minute|mins|min)) (to|before|till|til) {hour}",
      ({ n, hour }) => moved(hour, -n),
    ),
    say("{n:count}", ({ n }) => (n < 100 ? hourOf(n) : undefined)),
  ],
  hour: [
    say("{face} (in|during) the? {part}", ({ face, part }) => inPart(face, part)),
    say("{face} (sharp|exactly|on the dot)", ({ face }) => openedBy(face)),
    say("{face} at night", ({ face }) => inPart(face, night)),
    say("{face}", ({ face }) => face),
  ],
  clock: [say("{hour}", ({ hour }) => (hour.open === "hour" || hour.isYearLike ? undefined : hour))],
  openClocks: row("openClocks", "hour", "{and} (at|@)?"),
  clocks: [
    say(
      "({clock} {and} (at|@)? {more:openClocks}|{clock:hour} {and} (at|@)? {more:clocks})",
      ({ clock, more }) => [clock, ...more],
    ),
    say("{clock}", ({ clock }) => [clock]),
  ],
  partClocks: [
    say("{part} (at|@) {hour} ({and} {more:partClocks})?", ({ part, hour, more = [] }) => [
      inPart(hour, part),
      ...more,
    ]),
  ],
  window: [
    say("between {from:hour} and {to:hour} the same day", ({ from, to }) => momentWindow(from, to)),
    say(
      "(from {from:hour} {upTo} {to:hour}|between (the hours of)? {from:hour} (and|&|to|-|~) {to:hour}|{from:clock} {upTo} {to:hour}|{from:hour} {upTo} {to:clock}) {next:nextDay}?",
      ({ from, to, next }): Window => ({ from, to: next ? { ...to, isNextDay: true } : to }),
    ),
  ],
  nextDay: [say("(of|on)? the? (next|following) (day|morning)", () => true as const)],
  windows: row("windows", "window", "({and}|or)"),
  inWindow: [
    say("(while|when|if) it is {windows}", ({ windows }) => just({ kind: "within", windows })),
    say("(only|during|within)? {windows}", ({ windows }) => just({ kind: "windows", windows })),
  ],
  atTimes: [
    say("((at|@) {clocks:openClocks}|{clocks})", ({ clocks }) => clocksClause(...clocks)),
    say("(in|during) the? {part}", ({ part }) => partClause(part)),
    say("at night", () => just({ kind: "part", part: "night", repeats: false })),
    say("{part}", ({ part }) => (part.isPlural ? partClause(part) : undefined)),
    say("on the same day", () => just({ kind: "sameDay" })),
    say("at the same time (of day)?", () => just({ kind: "sameTime" })),
  ],
  minute: [
    say("{n:count}", ({ n }) => (n < 60 ? n : undefined)),
    say("(a quarter|quarter)", () => 15),
    say("half", () => 30),
  ],
  minutes: row("minutes", "minute"),
  colonMinutes: row("colonMinutes", "colonMinute", "{and} at?"),
  atMinutes: [
    say("(on the hour|at? the? top of {hour:eachHour})", () => ofHour([0])),
    say("(at? the? bottom of {hour:eachHour}|(on|at) the half hour)", () => ofHour([30])),
    say("(on|at) the (quarter hour|quarter-hour)", () => ofHour([0, 15, 30, 45])),
    say("at? {minutes:colonMinutes}", ({ minutes }) => just({ kind: "minutes", minutes })),
    say("at? {minutes:colonMinutes} (past|after) {each:eachHour}", ({ minutes }) => ofHour(minutes)),
    say("(at|on)? (minute|minutes|min|mins) {list:markList} {each:pastHour}?", ({ list }) => ofHour(list)),
    say("(at|on)? the? {nths} minute {each:pastHour}?", ({ nths }) =>
      nths.every((n) => n > 0) ? ofHour(nths) : undefined,
    ),
    say(
      "(at? {minutes} (minutes|minute|mins|min)? (past|after) {each:eachHour}|at {minutes} (minutes|minute|mins|min)? (past|after))",
      ({ minutes }) => ofHour(minutes),
    ),
    say("at? {minutes} (minutes|minute|mins|min)? (to|before|till) {each:eachHour}", ({ minutes }) =>
      ofHour(minutes.map((n) => (60 - n) % 60)),
    ),
    say("on the minute", () => minutesOf("minute", [0])),
    say("(at|on)? (second|seconds|sec|secs) {list:markList} ((of|past) {every} minute)?", ({ list }) =>
      minutesOf("minute", list),
    ),
  ],
  eachHour: [say("({every}|the) hour", () => true as const)],
  pastHour: [say("(of|past|after|in) {each:eachHour}", () => true as const)],
} satisfies Patterns;

/** "nine thirty", "nine oh five pm" */
const spelledClock = (hour: number, minute: number, half: Half | undefined): Clock | undefined => {
  if (hour > 23 || minute > 59) return undefined;
  return half ? halfClock({ hour, minute }, half) : clockOf(hour, minute);
};

/** "o'clock" makes a bare hour clear, but not which half of the day it is in. */
const openedBy = (hour: Clock): Clock => (hour.open ? { ...hour, open: "minutes" } : hour);

const night = { part: "night" } as const;
const ofHour = (minutes: readonly number[]) => minutesOf("hour", minutes);

/** Hours, minutes and seconds as the clock shows them: "at minutes 0 and 30 of hours 9 to 17". */
export const marks = {
  markRange: [say("{from:digits} ((to|-) {to:digits})?", ({ from, to }) => marksBetween(from, to))],
  markList: row("markList", "markRange"),
  hourMarks: [
    say("of (hour|hours) {list:markList}", ({ list }) => listedMarks(list)),
    say("of {every} hour", () => anyMark),
    say("of {every} {n:monthDay} hour", ({ n }) => everyMark(n, 24)),
  ],
  minuteMarks: [
    say("of (minute|minutes) {list:markList}", ({ list }) => listedMarks(list)),
    say("of {every} minute", () => anyMark),
    say("of {every} {n:monthDay} minute", ({ n }) => everyMark(n, 60)),
  ],
  eachMinute: [
    say("at? (minute|minutes) {list:markList}", ({ list }) => listedMarks(list)),
    say("{every} minute", () => anyMark),
    say("{every} {n:count} minutes", ({ n }) => everyMark(n, 60)),
  ],
  eachSecond: [
    say("at? (second|seconds) {list:markList}", ({ list }) => listedMarks(list)),
    say("{every} second", () => anyMark),
    say("{every} {n:count} seconds", ({ n }) => everyMark(n, 60)),
  ],
  atMarks: [
    say("{minutes:eachMinute} {hours:hourMarks}", ({ minutes, hours }) => markClause(hours, minutes)),
    say(
      "{seconds:eachSecond} {minutes:minuteMarks} {hours:hourMarks}?",
      ({ seconds, minutes, hours = anyMark }) => markClause(hours, minutes, seconds),
    ),
  ],
} satisfies Patterns;
