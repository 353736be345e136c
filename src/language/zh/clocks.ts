import { type Clock, clocksClause, just, partClause, type Window } from "../clauses.ts";
import {
  aloneIn,
  anyMark,
  clockAt,
  clockOf,
  everyMark,
  fixedClock,
  fourDigitClock,
  halfClock,
  hourOf,
  listedMarks,
  markClause,
  marksBetween,
  minutesOf,
  momentWindow,
  moved,
  partFirst,
} from "../clocks.ts";
import { refuse } from "../errors.ts";
import { type Patterns, row, say } from "../parser.ts";

/** Times of day: alone, in lists, in windows, and minutes of the hour. */
export const clocks = {
  face: [
    say("{time:colons} {half}", ({ time, half }) => halfClock(time, half)),
    say("{time:colons}", ({ time }) => clockAt(time)),
    say("{time:fourDigits}", ({ time }) => fourDigitClock(time)),
    say("{hour:digits} {half}", ({ hour, half }) => halfClock({ hour }, half)),
    say("{n:count} (点|时) {m:count} 分 {s:count} 秒", ({ n, m, s }) => clockOf(n, m, s)),
    say("{n:count} (点|时) ({m:count} 分|{m:twoDigits})", ({ n, m }) => clockOf(n, m)),
    say("{n:count} (点|时) {m:cardinal}", ({ n, m }) => (m >= 10 ? clockOf(n, m) : undefined)),
    say("{n:count} (点|时) 零 {m:cardinal}", ({ n, m }) => (m < 10 ? clockOf(n, m) : undefined)),
    say("{n:count} (点|时) 半", ({ n }) => clockOf(n, 30)),
    say("{n:count} (点|时) {quarters:count} 刻", ({ n, quarters }) =>
      quarters === 1 || quarters === 3
        ? clockOf(n, 15 * quarters)
        : refuse("time-of-day", (t) => t.quarterHour),
    ),
    say("{n:count} (点|时|点钟|点整|点正|时整)", ({ n }) => hourOf(n)),
    say("差 {m:count} 分 钟? {hour}", ({ m, hour }) => moved(hour, -m)),
    say("差一刻 {hour}", ({ hour }) => moved(hour, -15)),
    say("(正午|中午)", () => fixedClock(12)),
    say("(午夜|午夜12点|午夜十二点)", () => fixedClock(0)),
  ],
  hour: [
    say("(次日|第二天|翌日|隔天) 的? {hour}", ({ hour }): Clock => ({ ...hour, isNextDay: true })),
    say("{part} 的? {face}", ({ part, face }) => partFirst(part, face)),
    say("{face}", ({ face }) => face),
  ],
  clock: [say("{hour}", ({ hour }) => (hour.isYearLike ? undefined : hour))],
  ledClocks: [
    say("{part} 的? {face} (,? {more:ledClocks})?", ({ part, face, more = [] }) => [
      partFirst(part, face),
      ...more,
    ]),
  ],
  /** In front of 除外, where a comma ends a schedule: 每2天，9点，10点除外 runs at 9. */
  joinedClocks: [
    say("{part} 的? {face} {more:joinedClocks}", ({ part, face, more }) => [partFirst(part, face), ...more]),
    ...row("joinedClocks", "hour"),
  ],
  partClocks: [
    say("{part} {and}? {other:part} 的? {face}", ({ part, other, face }) => {
      const [first, second] = [partFirst(part, face), partFirst(other, face)];
      return first.at < second.at ? [first, second] : undefined;
    }),
    say("{part} {and}? {other:part}", ({ part, other }) => [aloneIn(part), aloneIn(other)]),
  ],
  openClocks: [say("{clocks:ledClocks}", ({ clocks }) => clocks), ...row("openClocks", "hour", "({and}|,)")],
  clocks: [say("{clocks:openClocks}", ({ clocks }) => (clocks[0]?.isYearLike ? undefined : clocks))],
  window: [
    say("{from:hour} 到 同日 {until:hour} 之间?", ({ from, until }) => momentWindow(from, until)),
    say(
      "((从|自)? {from:hour} {to} {until:hour} (之间|期间|间)?|介于? {from:hour} (和|与) {until:hour} (之间|间))",
      ({ from, until }): Window => ({ from, to: until }),
    ),
  ],
  windows: row("windows", "window", "({and}|,)"),
  inWindow: [
    say("(只在|仅在)? {windows} (内|里)?", ({ windows }) => just({ kind: "windows", windows })),
    say("(且|并且) 时间在 {windows} (内|里)?", ({ windows }) => just({ kind: "within", windows })),
  ],
  atTimes: [
    say("({clocks}|{clocks:partClocks})", ({ clocks }) => clocksClause(...clocks)),
    say("{part}", ({ part }) => partClause(part)),
    say("的? 同一天", () => just({ kind: "sameDay" })),
    say("(同一时间|同一时刻|同一个时间)", () => just({ kind: "sameTime" })),
  ],
  minute: [say("{n:count}", ({ n }) => (n < 60 ? n : undefined))],
  minutes: row("minutes", "minute", "(分|分钟)? {and} 第?"),
  atMinutes: [
    say("({every}|{each:eachHour} 的?)? 整点", () => ofHour([0])),
    say("({every}|{each:eachHour} 的?) 半点", () => ofHour([30])),
    say(
      "{each:eachHour} 的? (第? {minutes} 分|第 {minutes} 分钟|(过|后) {minutes} (分|分钟))",
      ({ minutes }) => ofHour(minutes, true),
    ),
    say("{every} 分钟 的? 第? {minutes} 秒", ({ minutes }) => minutesOf("minute", minutes)),
  ],
  eachHour: [say("{every} (小时|钟头)", () => true as const)],
} satisfies Patterns;

const ofHour = (minutes: readonly number[], isEach = false) => minutesOf("hour", minutes, isEach);

/** Hours, minutes and seconds as the clock shows them: 9到17点的第0和30分钟. */
export const marks = {
  markRange: [say("{from:count} ({to} {until:count})?", ({ from, until }) => marksBetween(from, until))],
  markList: row("markList", "markRange"),
  hourMarks: [
    say("{list:markList} 点", ({ list }) => listedMarks(list)),
    say("{every} 小时", () => anyMark),
    say("每 {n:count} 个? 小时", ({ n }) => everyMark(n, 24)),
  ],
  minuteMarks: [
    say("第 {list:markList} (分|分钟)", ({ list }) => listedMarks(list)),
    say("{every} 分钟", () => anyMark),
    say("每 {n:count} 分钟", ({ n }) => everyMark(n, 60)),
  ],
  eachSecond: [
    say("第 {list:markList} (秒|秒钟)", ({ list }) => listedMarks(list)),
    say("每 (秒|秒钟)", () => anyMark),
    say("每 {n:count} (秒|秒钟)", ({ n }) => everyMark(n, 60)),
  ],
  atMarks: [
    say(
      "{hours:hourMarks} 的 {minutes:minuteMarks} (的 {seconds:eachSecond})?",
      ({ hours, minutes, seconds }) => markClause(hours, minutes, seconds),
    ),
    say("{minutes:minuteMarks} 的 {seconds:eachSecond}", ({ minutes, seconds }) =>
      markClause(anyMark, minutes, seconds),
    ),
  ],
} satisfies Patterns;
