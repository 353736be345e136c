import type {
  Calendar,
  DailyWindow,
  Dates,
  DayRule,
  Exclusion,
  Interval,
  Step,
  Times,
} from "../../recurrence/recurrence.ts";
import { monthName, weekdayName } from "../../time/names.ts";
import { dateFields, parseDate } from "../../time/plain-date.ts";
import {
  type Amount,
  amountsOf,
  type BoundParts,
  type DayItem,
  dayItems,
  isListed,
  isOnlyZero,
  isoMoment,
  isPlain,
  isWorkdays,
  join,
  type LanguageWriter,
  type Mark,
  type Marks,
  type MomentParts,
  marksOf,
  noteOf,
  parted,
  stretchOf,
  unitOf,
  writeRuns,
} from "../describe-parts.ts";

/** Recurrences in English: `"every weekday at 09:00, except on the 13th"`. */
export const writeEnglish: LanguageWriter = {
  once: (at) => `once on ${moment(at)}`,
  interval: (interval) =>
    `every ${length(interval)}${interval.fixedDelay ? ", counted from the end of the last run" : ""}`,
  calendar: (calendar, windows) => sayCalendar(calendar, windows),
  union: (parts) => parts.join(" and "),
  within: (of, windows) => `${of}, while it is ${windowList(windows)}`,
  except: (of, exclusions) => {
    const [only, not] = parted(exclusions);
    const rest = not.length === 0 ? "" : `, except ${not.map(exclusion).join(" and ")}`;
    return `${of}${only.map((name) => `, only on ${name.en}`).join("")}${rest}`;
  },
  bounded: (of, bounds) => [of, ...boundClauses(bounds)].join(", "),
  zoned: (of, zone) => `${of}${isBehindTime(of) ? "" : ","} ${zone}${zone.startsWith("UTC") ? "" : " time"}`,
  group: (text) => `(${text})`,
  hasClauses: (text) => hasClauses(text),
};

const hasClauses = (text: string): boolean => text.includes(", ");

/** "at 09:00 Europe/London time"; behind anything else the zone is a clause of its own. */
const isBehindTime = (text: string): boolean => /:\d\d$/.test(text) && !hasClauses(text);

const length = ({ every, random }: Interval): string => {
  if (!random) return each(every);
  const [unit, size = 1] = unitOf(every, random) ?? [];
  return unit
    ? `${every / size} to ${random.to / size} ${unit}s`
    : `${lengthOf(every)} to ${lengthOf(random.to)} in steps of ${lengthOf(random.unit)}`;
};

/**
 * Fixed times come behind their days ("every weekday at 09:00"), a rhythm comes in front of them ("every 15 minutes on weekdays"),
 * but for days that are a rhythm themselves ("every 2 weeks, every 15 minutes").
 */
const sayCalendar = ({ step, dates, times }: Calendar, windows: readonly DailyWindow[] = []): string => {
  const text = [sayTimes(times), ...(windows.length > 0 ? [windowList(windows)] : [])].join(" ");
  const isRhythm = text.startsWith("every");
  const stretch = stretchIn(dates);
  const isYearly = !step && (stretch || (!dates?.weekdays && dates?.days?.some(isAnnual)));
  const isAlone = !isRhythm && !stretch && !dates?.months && dates?.days?.every(isAnnual);
  const days = `${isYearly && isAlone ? "every year " : ""}${daysInFront(step, dates)}`;
  // "every week, every hour" would contradict itself.
  const sameDay = step && step.unit !== "day" && !dates && text.includes("every") ? " on the same day" : "";
  let sentence: string;
  if (times.kind === "anchor" && !dates) sentence = days;
  else if (!isRhythm) sentence = `${days}${sameDay} ${text}`;
  else if (step || isWholeDay(times, dates)) sentence = `${days}${sameDay}, ${text}`;
  else sentence = dates ? text + daysBehind(dates) : text;
  const note = noteOf(times);
  const inFront = step?.unit === "year" || (!step && !isRhythm);
  const months = dates?.months && !(inFront && isOfMonths(dates)) ? ` ${inMonths(dates.months)}` : "";
  const ofMonths = dates?.months && !step && inFront && isOfMonths(dates) ? ", every year" : "";
  return `${sentence}${isYearly && !isAlone ? " every year" : ""}${months}${ofMonths}${note ? notes[note] : ""}`;
};

const notes = { aligned: ", aligned to the clock", elapsed: ", in elapsed time" };

/** "the fourth Thursday of November": days of a few months, which need no "in November" of their own. */
const isOfMonths = ({ weekdays, days, months }: Dates): boolean =>
  months !== undefined &&
  !weekdays &&
  days?.some(isOfYear) === false &&
  writeRuns(months, String, "-").length === months.length;

/** Without a day beside it, "every 2 hours" would be counted from now and not from midnight. */
const isWholeDay = (times: Times, dates: Dates | undefined): boolean =>
  times.kind === "grid" && !times.windows && !dates;

const boundClauses = ({ starting, until, times }: BoundParts): readonly string[] => [
  ...(starting ? [`starting ${edge(starting)}`] : []),
  ...(until ? [`until ${edge(until)}`] : []),
  ...(times === undefined ? [] : [plural(times, "time")]),
];

const exclusion = (exclusion: Exclusion): string => {
  switch (exclusion.kind) {
    case "dates":
      return daysExcluded(exclusion.dates);
    case "range": {
      const [from, to] = [exclusion.from, exclusion.to].map((date) => fullDate(dateFields(parseDate(date))));
      return from === to ? `on ${from}` : `from ${from} to ${to}`;
    }
    case "days":
      return `on ${exclusion.set.name.en}`;
    case "times":
      return `at ${list(exclusion.at)}`;
    case "window":
      return windowList([exclusion.window]);
  }
};

/** Which days, in front of times: `"every weekday"`, `"on the 1st of the month"`, `"every other Monday"`. Months are written apart. */
const daysInFront = (step: Step | undefined, dates: Dates | undefined): string => {
  const { weekdays, days } = dates ?? {};
  if (step) return sayStep(step, dates);
  const stretch = stretchIn(dates);
  if (stretch) return `every ${weekdays ? weekdayList(weekdays) : "day"}${fromTo(stretch)}`;
  if (weekdays) return `every ${days ? matching(weekdays, days) : weekdayList(weekdays)}`;
  return days ? `on ${dayList(days, { of: ofWhat(dates!) })}` : "every day";
};

/** Which days, behind a rhythm: `" on Mondays"`, `" on the 1st of the month"`; nothing for all of them. */
const daysBehind = (dates: Dates): string => {
  const { weekdays, days } = dates;
  const stretch = stretchIn(dates);
  if (stretch) return `${weekdays ? ` on ${weekdayList(weekdays, "s")}` : ""}${fromTo(stretch)}`;
  if (weekdays) return ` on ${days ? anyMatching(weekdays, days) : weekdayList(weekdays, "s")}`;
  return days ? ` on ${dayList(days, { of: dates.months ? "the month" : ofWhat(dates) })}` : "";
};

/** Of every month, unless dates of the year stand beside it. */
const ofWhat = (dates: Dates): string => {
  if (isOfMonths(dates)) return list(dates.months!.map(monthName));
  return dates.months || dates.days?.some(isOfYear) ? "the month" : "every month";
};

const isAnnual = (rule: DayRule): boolean => rule.kind === "annual";
const isOfYear = (rule: DayRule): boolean => isAnnual(rule) || rule.kind === "year-day";

/** Dates of every year that follow one another, where no months narrow them. */
const stretchIn = (dates: Dates | undefined): ReturnType<typeof stretchOf> =>
  dates?.months ? undefined : stretchOf(dates?.days);

const fromTo = ({ from, to }: NonNullable<ReturnType<typeof stretchOf>>): string =>
  ` from ${dayItem(from)} to ${dayItem(to)}`;

/** Which days are left out: `"on Monday in May"`, `"on the 13th"`, `"in August"`. */
const daysExcluded = ({ weekdays, days, months }: Dates): string => {
  const on = weekdays ? onWeekdays(weekdays, days) : days && dayList(days, { isShort: isPlain(days) });
  return [...(on ? [`on ${on}`] : []), ...(months ? [inMonths(months)] : [])].join(" ");
};

/** `"in May and June"`, `"from May to September"`. */
const inMonths = (months: readonly number[]): string => {
  const names = writeRuns(months, monthName, " to ");
  return names.length === 1 && months.length > 1 ? `from ${names[0]}` : `in ${list(names)}`;
};

const sayStep = ({ every, to, unit }: Step, dates: Dates | undefined): string => {
  const { weekdays, days } = dates ?? {};
  if (to !== undefined) return `every ${every} to ${to} ${unit}s${onStepped(unit, dates)}`;
  if (every === 2 && unit === "week" && weekdays?.length === 1 && !days)
    return `every other ${weekdayName(weekdays[0]!)}`;
  return `every ${every === 1 ? unit : plural(every, unit)}${onStepped(unit, dates)}`;
};

const onStepped = (unit: Step["unit"], dates: Dates | undefined): string => {
  if (!dates) return "";
  const { weekdays, days } = dates;
  if (weekdays && !days && (unit === "month" || unit === "year")) return ` on ${weekdayList(weekdays, "s")}`;
  if (weekdays) return ` on ${onWeekdays(weekdays, days)}`;
  if (days && unit === "year" && isOfMonths(dates)) return ` on ${dayList(days, { of: ofWhat(dates) })}`;
  if (days) return ` on ${dayList(days, { isShort: unit === "month" })}`;
  return unit === "day" ? "" : " on every day";
};

const onWeekdays = (weekdays: readonly number[], days: readonly DayRule[] | undefined): string =>
  days ? anyMatching(weekdays, days) : isWorkdays(weekdays) ? "weekdays" : weekdayList(weekdays);

/** `"weekday"`, `"Monday and Thursday"`, `"Tuesday to Saturday"`. */
const weekdayList = (weekdays: readonly number[], plural = "", and?: string): string =>
  isWorkdays(weekdays)
    ? `weekday${plural}`
    : list(
        writeRuns(weekdays, (weekday) => weekdayName(weekday) + plural, " to "),
        and,
      );

/** Days that are both: `"Friday the 13th"`, `"Monday or Friday that is the 1st or the last day of the month"`. */
const matching = (weekdays: readonly number[], days: readonly DayRule[]): string => {
  const item = dayList(days, { and: "or", isShort: isPlain(days) });
  return isOneDate(weekdays, days)
    ? `${weekdayList(weekdays)} ${item}`
    : `${weekdayList(weekdays, "", "or")} that is ${item}`;
};

const anyMatching = (weekdays: readonly number[], days: readonly DayRule[]): string =>
  `${isOneDate(weekdays, days) ? "" : "any "}${matching(weekdays, days)}`;

const isOneDate = (weekdays: readonly number[], [first, ...others]: readonly DayRule[]): boolean =>
  weekdays.length === 1 && others.length === 0 && first?.kind === "day" && first.day > 0;

/** `"25 December, the 1st and the last Friday of the month"`; short: without "of the month". */
const dayList = (
  rules: readonly DayRule[],
  {
    and,
    isShort = false,
    of = "the month",
  }: { and?: string; isShort?: boolean; of?: string | undefined } = {},
): string => {
  const { ofYear, ofMonth } = dayItems(rules);
  const items = list([...ofYear, ...ofMonth].map(dayItem), and);
  return ofMonth.length > 0 && !isShort ? `${items} of ${of}` : items;
};

const dayItem = (item: DayItem): string => {
  switch (item.kind) {
    case "days":
      if (item.from < 0) return `the ${place(item.from)} day`;
      return item.from === item.to
        ? `the ${numeral(item.from)}`
        : `the ${numeral(item.from)} to the ${numeral(item.to)}`;
    case "nths":
      return `the ${list(item.nths.map(place))} ${item.weekday ? weekdayName(item.weekday) : "workday"}`;
    case "near":
      return `the weekday nearest the ${numeral(item.day)}`;
    case "year-day":
      return `the ${item.day > 0 ? numeral(item.day) : place(item.day)} day of the year`;
    case "annual":
      return `${item.day} ${monthName(item.month)}`;
  }
};

/** Begins with "at", or with "every" where it is a rhythm. */
const sayTimes = (times: Times): string => {
  switch (times.kind) {
    case "anchor":
      return "at the same time of day";
    case "list":
      return `at ${list(times.at)}`;
    case "grid":
      return `every ${each(times.every)}${times.windows ? ` ${windowList(times.windows)}` : ""}`;
    case "fields": {
      const marks = marksOf(times);
      const { rhythm } = marks;
      if (!rhythm) return inEachLarger(marks) ?? inside(marks);
      return `every ${rhythm.every === 1 ? rhythm.unit : plural(rhythm.every, rhythm.unit)}`;
    }
  }
};

/** `"every hour at :30"`, `"every minute at seconds 15 and 45"`: listed ones of any larger unit. */
const inEachLarger = ({ hours, minutes, seconds }: Marks): string | undefined => {
  if (hours !== "any") return undefined;
  if (seconds === undefined)
    return isOnlyZero(minutes) ? "every hour on the hour" : `every hour at ${shortly(minutes, "minute")}`;
  return minutes === "any" ? `every minute at ${shortly(seconds, "second")}` : undefined;
};

const shortly = (mark: Mark, unit: string): string =>
  isListed(mark) && mark.length <= 4
    ? list(mark.map((n) => `:${String(n).padStart(2, "0")}`))
    : insideOf(mark, unit);

/** `"at minutes 0 and 30 of hours 9 to 17"`, `"every 15 minutes during hours 9 to 16"`: from the smallest unit to the largest. */
const inside = ({ hours, minutes, seconds }: Marks): string => {
  if (seconds === undefined) return first(minutes, "minute") + within(minutes, hours, "hour");
  return first(seconds, "second") + within(seconds, minutes, "minute") + within(minutes, hours, "hour");
};

/** A rhythm runs "during hours 9 to 17"; a number is one "of hours 9 to 17". */
const within = (smaller: Mark, larger: Mark, unit: string): string =>
  ` ${!isListed(smaller) && isListed(larger) ? "during" : "of"} ${insideOf(larger, unit)}`;

const first = (mark: Mark, unit: string): string => {
  if (typeof mark === "number") return `every ${plural(mark, unit)}`;
  return mark === "any" ? `every ${unit}` : `at ${insideOf(mark, unit)}`;
};

const insideOf = (mark: Mark, unit: string): string => {
  if (mark === "any") return `every ${unit}`;
  if (typeof mark === "number") return `every ${numeral(mark)} ${unit}`;
  return `${unit}${mark.length === 1 ? "" : "s"} ${list(writeRuns(mark, String, " to "))}`;
};

/** `"13th"`. */
const numeral = (n: number): string => {
  const isTeen = Math.floor(n / 10) % 10 === 1;
  return `${n}${isTeen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th")}`;
};

/** `"first"`, `"7th"`, `"last"`, `"second to last"`: counted from the front, or from the end below zero. */
export const place = (n: number): string => {
  if (n === -1) return "last";
  return n < 0 ? `${place(-n)} to last` : (places[n - 1] ?? numeral(n));
};
const places = ["first", "second", "third", "fourth", "fifth"];

/** `"a, b and c"`. */
const list = (parts: readonly string[], and = "and"): string => join(parts, ", ", ` ${and} `);

/** `"15 minutes"`, `"2 hours 30 minutes"`; one of a unit is the unit alone: `"minute"`, as after "every". */
const each = (length: number): string => {
  const amounts = amountsOf(length);
  const [only] = amounts;
  return amounts.length === 1 && only?.count === 1 ? only.unit : amounts.map(amount).join(" ");
};

/** `"1 minute"`, `"2 hours 30 minutes"`. */
const lengthOf = (length: number): string => amountsOf(length).map(amount).join(" ");

const amount = ({ count, unit }: Amount): string => plural(count, unit);

/** `"1 day"`, `"2 days"`. */
const plural = (count: number, name: string): string => `${count} ${name}${count === 1 ? "" : "s"}`;

/** `"25 December 2026 at 09:00"`; whole as ISO 8601 where the clock shows it twice. */
const moment = (at: MomentParts): string =>
  at.offset ? isoMoment(at) : `${fullDate(at.date)}${at.time ? ` at ${at.time}` : ""}`;

/**
 * `"25 December 2026"`, `"2026-12-25 09:00"`: a start or an end. In "every day until Friday at 5pm" the time would be the schedule's, so it
 * is not set apart from its date.
 */
const edge = (at: MomentParts): string => (at.time ? isoMoment(at) : fullDate(at.date));

/** `"25 December 2026"`. */
const fullDate = ({ year, month, day }: MomentParts["date"]): string => `${day} ${monthName(month)} ${year}`;

/** `"between 09:00 and 11:00 and between 14:00 and 16:00"`. */
const windowList = (windows: readonly DailyWindow[]): string =>
  windows
    .map(({ from, to }) => `between ${from} and ${to}${to === from ? " the same day" : ""}`)
    .join(" and ");
