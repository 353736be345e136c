import { type Patterns, say } from "../grammar.ts";
import { anyMark, everyMark, listedMarks, markClause, marksBetween } from "../marked.ts";

/** Hours, minutes and seconds as the clock shows them: "at minutes 0 and 30 of hours 9 to 17". */
export const marks = {
  markRange: [
    say("{from:digits} (to|-) {to:digits}", ({ from, to }) => marksBetween(from, to)),
    say("{n:digits}", ({ n }) => [n]),
  ],
  markList: [
    say("{range:markRange} {and} {more:markList}", ({ range, more }) => [...range, ...more]),
    say("{range:markRange}", ({ range }) => range),
  ],
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
    say("{seconds:eachSecond} {minutes:minuteMarks} {hours:hourMarks}", ({ seconds, minutes, hours }) =>
      markClause(hours, minutes, seconds),
    ),
    say("{seconds:eachSecond} {minutes:minuteMarks}", ({ seconds, minutes }) =>
      markClause(anyMark, minutes, seconds),
    ),
  ],
} satisfies Patterns;
