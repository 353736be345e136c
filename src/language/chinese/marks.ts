import { type Patterns, say } from "../grammar.ts";
import { anyMark, everyMark, listedMarks, markClause, marksBetween } from "../marked.ts";

/** Hours, minutes and seconds as the clock shows them: 9到17点的第0和30分钟. */
export const marks = {
  markRange: [
    say("{from:count} {to} {until:count}", ({ from, until }) => marksBetween(from, until)),
    say("{n:count}", ({ n }) => [n]),
  ],
  markList: [
    say("{range:markRange} {and} {more:markList}", ({ range, more }) => [...range, ...more]),
    say("{range:markRange}", ({ range }) => range),
  ],
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
    say("{hours:hourMarks} 的 {minutes:minuteMarks}", ({ hours, minutes }) => markClause(hours, minutes)),
    say("{hours:hourMarks} 的 {minutes:minuteMarks} 的 {seconds:eachSecond}", ({ hours, minutes, seconds }) =>
      markClause(hours, minutes, seconds),
    ),
    say("{minutes:minuteMarks} 的 {seconds:eachSecond}", ({ minutes, seconds }) =>
      markClause(anyMark, minutes, seconds),
    ),
  ],
} satisfies Patterns;
