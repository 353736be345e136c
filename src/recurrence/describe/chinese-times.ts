import type { Times } from "../recurrence.ts";
import { each, list, unitName, windowList } from "./chinese-words.ts";
import { sayRuns } from "./lists.ts";
import { isListed, isOnlyZero, type Mark, type Marks, marksOf } from "./marks.ts";
import type { SpokenTimes } from "./speech.ts";

/** Begins with 每 where it is a rhythm of the clock. */
export const sayTimes = (times: Times): SpokenTimes => {
  switch (times.kind) {
    case "anchor":
      return { text: "同一时间", clause: "" };
    case "list":
      return { text: list(times.at), clause: "" };
    case "grid":
      return {
        text: `${times.windows ? `${windowList(times.windows)}之间` : ""}每${each(times.every)}`,
        clause: "",
      };
    case "fields":
      return sayFields(marksOf(times));
  }
};

const sayFields = (marks: Marks): SpokenTimes => {
  const { rhythm, isElapsed } = marks;
  if (rhythm)
    return {
      text: `每${rhythm.every === 1 ? "" : rhythm.every}${unitName(rhythm.unit)}`,
      clause: "，与时钟对齐",
    };
  return { text: inside(marks), clause: isElapsed ? "，按实际经过的时间" : "" };
};

/** 每小时的第30分钟, 9到17点的第0和30分钟: from the largest unit to the smallest. */
const inside = ({ hours, minutes, seconds }: Marks): string => {
  if (seconds === undefined) {
    if (hours === "any" && isOnlyZero(minutes)) return "每小时整点";
    return `${sayHours(hours)}的${sayMark(minutes, "minute")}`;
  }
  const upToMinutes = hours === "any" && minutes === "any" ? "" : `${sayHours(hours)}的`;
  return `${upToMinutes}${sayMark(minutes, "minute")}的${sayMark(seconds, "second")}`;
};

const sayHours = (mark: Mark): string => (isListed(mark) ? `${numbers(mark)}点` : sayMark(mark, "hour"));

const sayMark = (mark: Mark, unit: "hour" | "minute" | "second"): string => {
  if (isListed(mark)) return `第${numbers(mark)}${unitName(unit)}`;
  return `每${mark === "any" ? "" : mark}${unitName(unit)}`;
};

const numbers = (listed: readonly number[]): string => list(sayRuns(listed, String, "到"));
