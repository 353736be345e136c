import type { Times } from "../recurrence.ts";
import { each, list, numeral, plural, timeList, windowList } from "./english-words.ts";
import { sayRuns } from "./lists.ts";
import { isListed, type Mark, type Marks, marksOf } from "./marks.ts";
import type { SpokenTimes } from "./speech.ts";

/** Begins with "at", or with "every" where it is a rhythm. */
export const sayTimes = (times: Times): SpokenTimes => {
  switch (times.kind) {
    case "anchor":
      return { text: "at the same time of day", clause: "" };
    case "list":
      return { text: `at ${timeList(times.at)}`, clause: "" };
    case "grid":
      return {
        text: `every ${each(times.every)}${times.windows ? ` ${windowList(times.windows)}` : ""}`,
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
      text: `every ${rhythm.every === 1 ? rhythm.unit : plural(rhythm.every, rhythm.unit)}`,
      clause: ", aligned to the clock",
    };
  return { text: inEachLarger(marks) ?? inside(marks), clause: isElapsed ? ", in elapsed time" : "" };
};

/** `"every hour at :30"`, `"every minute at seconds 15 and 45"`: listed ones of any larger unit. */
const inEachLarger = ({ hours, minutes, seconds }: Marks): string | undefined => {
  if (hours !== "any") return undefined;
  if (seconds === undefined) return `every hour at ${shortly(minutes, "minute")}`;
  return minutes === "any" ? `every minute at ${shortly(seconds, "second")}` : undefined;
};

const shortly = (mark: Mark, unit: string): string =>
  isListed(mark) && mark.length <= 4
    ? list(mark.map((n) => `:${String(n).padStart(2, "0")}`))
    : insideOf(mark, unit);

/** `"at minutes 0 and 30 of hours 9 to 17"`, `"every 15 minutes of hours 9 to 16"`: from the smallest unit to the largest. */
const inside = ({ hours, minutes, seconds }: Marks): string => {
  const parts =
    seconds === undefined
      ? [first(minutes, "minute"), insideOf(hours, "hour")]
      : [first(seconds, "second"), insideOf(minutes, "minute"), insideOf(hours, "hour")];
  return parts.join(" of ");
};

const first = (mark: Mark, unit: string): string => {
  if (typeof mark === "number") return `every ${plural(mark, unit)}`;
  return mark === "any" ? `every ${unit}` : `at ${insideOf(mark, unit)}`;
};

const insideOf = (mark: Mark, unit: string): string => {
  if (mark === "any") return `every ${unit}`;
  if (typeof mark === "number") return `every ${numeral(mark)} ${unit}`;
  return `${unit}${mark.length === 1 ? "" : "s"} ${list(sayRuns(mark, String, " to "))}`;
};
