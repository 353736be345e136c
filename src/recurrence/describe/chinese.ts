import { dateFields, parseDate } from "../../time/plain-date.ts";
import type { Calendar, Exclusion, Interval } from "../recurrence.ts";
import { days, daysExcluded } from "./chinese-dates.ts";
import { sayTimes } from "./chinese-times.ts";
import { each, edge, fullDate, lengthOf, list, moment, unitName, windowList } from "./chinese-words.ts";
import { randomLength } from "./lengths.ts";
import type { Speech, SpokenBounds } from "./speech.ts";

/** Recurrences in Simplified Chinese: 每个工作日09:00，每月13日除外. */
export const chinese: Speech = {
  once: (at) => `${moment(at)}一次`,
  interval: (interval) => `每${length(interval)}${interval.spaced ? "，从上次运行结束时算起" : ""}`,
  calendar: (calendar) => sayCalendar(calendar),
  union: (parts) => parts.join("以及"),
  within: (of, windows) => `${of}，且时间在${windowList(windows)}之间`,
  except: (of, exclusions) => `${of}，${exclusions.map(exclusion).join("以及")}除外`,
  bounded: (of, bounds) => [of, ...boundClauses(bounds)].join("，"),
  zoned: (of, zone) => `${of}，${zone}时间`,
  group: (text) => `（${text}）`,
  hasClauses: (text) => text.includes("，"),
};

const length = ({ every, random }: Interval): string => {
  if (!random) return each(every);
  const lengths = randomLength(every, random);
  return "unit" in lengths
    ? `${lengths.from}到${lengths.to}${unitName(lengths.unit)}`
    : `${lengthOf(every)}到${lengthOf(random.to)}，以${lengthOf(random.unit)}为单位`;
};

/** Days, then times: 每个工作日09:00到17:00之间每15分钟. A rhythm of the clock on all days needs no 每天. */
const sayCalendar = ({ step, dates, times }: Calendar): string => {
  const { text, clause } = sayTimes(times);
  if (times.kind === "anchor" && !dates) return days(step, dates);
  const isEveryDay = !step && !dates && times.kind === "fields" && text.startsWith("每");
  const isSameDay = step && step.unit !== "day" && !dates && text.includes("每");
  return `${isEveryDay ? "" : days(step, dates)}${isSameDay ? "的同一天" : ""}${text}${clause}`;
};

const boundClauses = ({ starting, until, times }: SpokenBounds): readonly string[] => [
  ...(starting ? [`从${edge(starting)}开始`] : []),
  ...(until ? [`直到${edge(until)}`] : []),
  ...(times === undefined ? [] : [`共${times}次`]),
];

const exclusion = (exclusion: Exclusion): string => {
  switch (exclusion.kind) {
    case "dates":
      return daysExcluded(exclusion.dates);
    case "range": {
      const [from, to] = [exclusion.from, exclusion.to].map((date) => fullDate(dateFields(parseDate(date))));
      return from === to ? `${from}` : `${from}到${to}`;
    }
    case "times":
      return list(exclusion.at);
    case "window":
      return `${windowList([exclusion.window])}之间`;
  }
};
