/**
 * A second reader that is slow and simple: a phrase is a list of known clauses, each a few plain facts, and its moments are found by looking at every
 * day. It knows no grammar, no order of clauses and no recurrence, so that it errs in other ways than the real one. All in UTC.
 */
export interface Facts {
  /** Days that match; two of the same sort contradict each other. */
  readonly day?: { readonly sort: "weekday" | "date" | "month"; readonly holds: (date: Date) => boolean };
  /** Whether the days come back without "every". */
  readonly repeats?: boolean;
  readonly cycle?: "day" | "week" | "month" | "year";
  /** Only every n-th of the cycle. */
  readonly nth?: number;
  /** Minutes of the day. */
  readonly times?: readonly number[];
  /** Minutes of every hour. */
  readonly marks?: readonly number[];
  /** An interval in minutes. */
  readonly rate?: number;
  readonly window?: readonly [from: number, to: number];
  /** First day, last day. */
  readonly from?: string;
  readonly to?: string;
  readonly count?: number;
  readonly except?: (date: Date) => boolean;
  /** Says something about today or now: it may mean another thing at another time. */
  readonly isRelative?: boolean;
}

const minute = 60_000;
const day = 1_440 * minute;
const looked = 366 * 6;

/** The next moments, at most five; "rejected" for what contradicts itself; "unknown" for what this reader does not judge. */
export const readSlowly = (
  clauses: readonly Facts[],
  now: number,
): readonly number[] | "rejected" | "unknown" => {
  const all = <K extends keyof Facts>(key: K) =>
    clauses.flatMap((clause) => (clause[key] === undefined ? [] : [clause[key]!]));
  const [times, marks, rate, window, count] = [
    all("times"),
    all("marks"),
    all("rate"),
    all("window"),
    all("count"),
  ];
  const days = all("day");
  const cycles = clauses.filter(({ cycle }) => cycle);
  if (rate.length === 1 && marks.length === 1) return "unknown";
  const rhythms = times.length + marks.length + rate.length;
  if (rhythms > 1 || window.length > 1 || count.length > 1 || all("from").length > 1 || all("to").length > 1)
    return "rejected";
  if (new Set(days.map(({ sort }) => sort)).size < days.length) return "rejected";
  if (days.some(({ sort }) => sort === "date") && days.some(({ sort }) => sort === "weekday"))
    return "unknown";
  if (cycles.length > 1 || cycles.some(({ nth = 1 }) => nth > 1)) return "unknown";
  const cycle = cycles[0]?.cycle;
  const repeats =
    rate.length > 0 || marks.length > 0 || cycle !== undefined || clauses.some((clause) => clause.repeats);
  if (!repeats) return "unknown";
  const isFiltered = days.some(({ sort }) => sort !== "month");
  if (cycle && cycle !== "day" && !isFiltered)
    return rate.length + marks.length > 0 && !isFiltered ? "rejected" : "unknown";
  if (days.length > 0 && !isFiltered && cycle === undefined && rate.length + marks.length === 0)
    return "unknown";
  if (window.length > 0 && rate.length === 0) return "unknown";
  if (cycle === "day" && !isFiltered && days.length > 0 && rhythms === 0) return "unknown";
  const isFree = rate.length > 0 && days.length === 0 && cycle === undefined && window.length === 0;
  const isAnchored = rhythms === 0 && !isFiltered && days.length === 0;
  const from = all("from")[0];
  const start = from === undefined ? undefined : Date.parse(from);
  const end = all("to")[0] === undefined ? Infinity : Date.parse(all("to")[0]!) + day - 1;
  const not = all("except");
  const found: number[] = [];
  if (isFree) {
    for (let at = start ?? now + rate[0]! * minute; found.length < 60 && at <= end; at += rate[0]! * minute)
      if (at > now && !not.some((holds) => holds(new Date(at)))) found.push(at);
  } else {
    const first = Math.floor(now / day) * day;
    for (let date = first; date < first + looked * day && found.length < 60; date += day) {
      const on = new Date(date);
      if (!days.every(({ holds }) => holds(on)) || not.some((holds) => holds(on))) continue;
      for (const minutes of timesOf(times[0], marks[0], rate[0], window[0])) {
        const at = date + (isAnchored ? (start ?? now) % day : minutes * minute);
        if (at > now && at >= (start ?? 0) && at <= end) found.push(at);
      }
    }
  }
  return found.length === 0 ? "rejected" : found.slice(0, Math.min(5, count[0] ?? 5));
};

const timesOf = (
  times: readonly number[] = [0],
  marks: readonly number[] | undefined,
  rate: number | undefined,
  window: readonly [number, number] | undefined,
): readonly number[] => {
  if (marks)
    return Array.from({ length: 24 }, (_, hour) => marks.map((minutes) => hour * 60 + minutes)).flat();
  if (rate === undefined) return times;
  const [from, to] = window ?? [0, 1_439];
  return Array.from({ length: Math.floor((to - from) / rate) + 1 }, (_, i) => from + i * rate);
};

const weekday = (...days: number[]): NonNullable<Facts["day"]> => ({
  sort: "weekday",
  holds: (date) => days.includes(date.getUTCDay()),
});
const monthDay = (...days: number[]): NonNullable<Facts["day"]> => ({
  sort: "date",
  holds: (date) => days.includes(date.getUTCDate()),
});
const months = (...all: number[]): NonNullable<Facts["day"]> => ({
  sort: "month",
  holds: (date) => all.includes(date.getUTCMonth() + 1),
});
const date = (month: number, day: number): NonNullable<Facts["day"]> => ({
  sort: "date",
  holds: (on) => on.getUTCMonth() + 1 === month && on.getUTCDate() === day,
});
const isLast = (on: Date): boolean => new Date(on.getTime() + day).getUTCDate() === 1;

export const english: Readonly<Record<string, Facts>> = {
  "every day": { cycle: "day" },
  daily: { cycle: "day" },
  "every week": { cycle: "week" },
  "every month": { cycle: "month" },
  "every year": { cycle: "year" },
  "every other week": { cycle: "week", nth: 2 },
  "every 3 days": { cycle: "day", nth: 3 },
  "every monday": { day: weekday(1), repeats: true },
  "on tuesday": { day: weekday(2) },
  "on mondays and thursdays": { day: weekday(1, 4), repeats: true },
  weekdays: { day: weekday(1, 2, 3, 4, 5), repeats: true },
  "on the 1st and 15th of every month": { day: monthDay(1, 15), repeats: true },
  "from the 25th to the 3rd of every month": {
    day: monthDay(25, 26, 27, 28, 29, 30, 31, 1, 2, 3),
    repeats: true,
  },
  "on the last day of the month": { day: { sort: "date", holds: isLast }, repeats: true },
  "every december 25": { day: date(12, 25), repeats: true },
  "on june 5": { day: date(6, 5) },
  "in may and june": { day: months(5, 6) },
  "in october": { day: months(10) },
  "at 9:30": { times: [570] },
  "at 8am and 6pm": { times: [480, 1_080] },
  "at noon": { times: [720] },
  "every 40 minutes": { rate: 40 },
  "every 2 hours": { rate: 120 },
  "every hour at :20": { marks: [20] },
  "on the hour": { marks: [0] },
  "from 9am to 5pm": { window: [540, 1_020] },
  "between 10:00 and 12:00": { window: [600, 720] },
  "starting 2026-06-10": { from: "2026-06-10" },
  "until 2027-03-04": { to: "2027-03-04" },
  "from 2026-05-01 to 2026-09-30": { from: "2026-05-01", to: "2026-09-30" },
  "in july 2026": { from: "2026-07-01", to: "2026-07-31" },
  "3 times": { count: 3 },
  "except sundays": { except: (on) => on.getUTCDay() === 0 },
  "except in june": { except: (on) => on.getUTCMonth() === 5 },
};

export const chinese: Readonly<Record<string, Facts>> = {
  每天: { cycle: "day" },
  每周: { cycle: "week" },
  每月: { cycle: "month" },
  每年: { cycle: "year" },
  每两周: { cycle: "week", nth: 2 },
  每周一: { day: weekday(1), repeats: true },
  周二: { day: weekday(2) },
  "每周一、周四": { day: weekday(1, 4), repeats: true },
  工作日: { day: weekday(1, 2, 3, 4, 5), repeats: true },
  每月1号和15号: { day: monthDay(1, 15), repeats: true },
  每月25号到3号: { day: monthDay(25, 26, 27, 28, 29, 30, 31, 1, 2, 3), repeats: true },
  每月最后一天: { day: { sort: "date", holds: isLast }, repeats: true },
  每年12月25日: { day: date(12, 25), repeats: true },
  "5月和6月": { day: months(5, 6) },
  "9点半": { times: [570] },
  早上8点和晚上6点: { times: [480, 1_080] },
  每40分钟: { rate: 40 },
  每两小时: { rate: 120 },
  每小时的第20分钟: { marks: [20] },
  "9点到17点之间": { window: [540, 1_020] },
  从2026年6月10日开始: { from: "2026-06-10" },
  直到2027年3月4日: { to: "2027-03-04" },
  "2026年7月": { from: "2026-07-01", to: "2026-07-31" },
  共3次: { count: 3 },
  周日除外: { except: (on) => on.getUTCDay() === 0 },
};
