import { hour, minute, parseTime, second, type TimeNumber } from "../time/plain-time.ts";
import type { Times } from "./recurrence.ts";

/** Looks for times of one day. */
export interface TimeSearch {
  /** The first time of a day. */
  readonly first: TimeNumber;
  /** The first time at or after another, or -1 when the day has none left. */
  from(time: TimeNumber): TimeNumber;
}

/** Searches the times that are written down one by one. */
export const searchList = (times: readonly TimeNumber[]): TimeSearch => ({
  first: times[0]!,
  from(time) {
    for (let i = 0; i < times.length; i++) if (times[i]! >= time) return times[i]!;
    return -1;
  },
});

/** Searches hours, minutes and seconds, each by a table of "which is the next one". */
export const searchFields = (fields: Extract<Times, { kind: "fields" }>): TimeSearch => {
  const hours = nextTable(24, fields.hours);
  const minutes = nextTable(60, fields.minutes);
  const seconds = nextTable(60, fields.seconds);
  const atHour = (h: number) => (h < 0 ? -1 : h * hour + minutes[0]! * minute + seconds[0]! * second);
  const atMinute = (h: number, m: number) => h * hour + m * minute + seconds[0]! * second;
  return {
    first: atHour(hours[0]!),
    from(time) {
      const whole = Math.ceil(time / second);
      const wanted = Math.floor(whole / 3600);
      const h = hours[wanted] ?? -1;
      if (h !== wanted) return atHour(h);
      const wantedMinute = Math.floor(whole / 60) % 60;
      const m = minutes[wantedMinute]!;
      if (m === wantedMinute) {
        const s = seconds[whole % 60]!;
        if (s >= 0) return h * hour + m * minute + s * second;
      } else if (m >= 0) return atMinute(h, m);
      const laterMinute = m < 0 ? -1 : (minutes[m + 1] ?? -1);
      return laterMinute >= 0 ? atMinute(h, laterMinute) : atHour(hours[h + 1] ?? -1);
    },
  };
};

/** For each number below `size` the first listed one at or after it, or -1. */
const nextTable = (size: number, listed: readonly number[] | undefined): Int8Array => {
  const table = new Int8Array(size);
  const wanted = listed && new Set(listed);
  let next = -1;
  for (let n = size - 1; n >= 0; n--) {
    if (!wanted || wanted.has(n)) next = n;
    table[n] = next;
  }
  return table;
};

export const parseTimes = (list: readonly string[]): readonly TimeNumber[] => list.map(parseTime);
