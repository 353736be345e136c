import type { Dates, DayRule } from "../recurrence/recurrence.ts";
import { monthLength } from "../time/plain-date.ts";
import type { Clause, Scope, Weekdays, WeekdayWord } from "./meaning.ts";
import { ambiguous, Mistake } from "./mistake.ts";
import { endingOf } from "./scan.ts";

/** "the 2nd and 16th", "the third to last day"; of a year there are more. */
export const monthDayRules = (days: readonly number[], most = 31): readonly DayRule[] | Mistake =>
  days.some((day) => day === 0 || Math.abs(day) > most)
    ? new Mistake("date", `a day from the 1st to the ${most}${endingOf(most)}`)
    : days.map((day) => ({ kind: "day", day }));

/** More days than any month has are days of a year. */
export const mostOfYear = 366;

/** "the first and third monday", "the last workday", "the 2nd weekend day" is refused: a weekend is two days. */
export const nthRules = (
  nths: readonly number[],
  { days }: Pick<WeekdayWord, "days">,
): readonly DayRule[] | Mistake => {
  const [weekday] = days;
  const isWorkdays = days.length === 5;
  if (weekday === undefined || (days.length > 1 && !isWorkdays))
    return new Mistake("contradiction", "one day of the week");
  const most = isWorkdays ? 23 : 5;
  if (nths.some((nth) => nth === 0 || Math.abs(nth) > most))
    return new Mistake(
      "date",
      isWorkdays ? "the 1st to the 23rd workday" : "the 1st to the 5th such day of a month",
    );
  return nths.map((nth) => (isWorkdays ? { kind: "workday", nth } : { kind: "nth", nth, weekday }));
};

/** The same numbers as days of the year. */
export const yearDayRules = (rules: readonly DayRule[]): readonly DayRule[] =>
  rules.map((rule) => (rule.kind === "day" ? { kind: "year-day", day: rule.day } : rule));

/** Days of the month nearest to which a workday is wanted. */
export const nearRules = (days: readonly number[]): readonly DayRule[] | Mistake =>
  days.some((day) => day < 1 || day > 31)
    ? new Mistake("date", "a day of the month from the 1st to the 31st")
    : days.map((day) => ({ kind: "near", day }));

/** A date of the year: "december 25". */
export const annualRules = (month: number, days: readonly number[]): readonly DayRule[] | Mistake => {
  const most = monthLength(leapYear, month);
  return days.some((day) => day < 1 || day > most)
    ? new Mistake("date", `a day that exists: this month has ${most} days`)
    : days.map((day) => ({ kind: "annual", month, day }));
};

const leapYear = 2000;

/** Which ones, of what: "the first monday of every quarter". */
export const scopedDays = (
  rules: readonly DayRule[],
  scope: Scope,
  every = false,
): readonly Clause[] | Mistake => {
  const dates = within[scope.of](rules, scope);
  if (dates instanceof Mistake) return dates;
  const impossible = impossibleDates(dates);
  if (impossible) return impossible;
  return [
    { kind: "days", dates, repeats: every || scope.repeats, ...(scope.isEach && { isEach: true }) },
    ...(scope.every !== undefined && scope.every > 1
      ? [
          {
            kind: "step" as const,
            every: scope.every,
            unit: scope.of === "year" ? ("year" as const) : ("month" as const),
          },
        ]
      : []),
  ];
};

/** A condition no year can fulfil. */
export const impossibleDates = ({ months, days = [] }: Dates): Mistake | undefined => {
  const most = Math.max(...(months ?? [1]).map((month) => monthLength(leapYear, month)));
  const isOff = (rule: DayRule) => (rule.kind === "day" || rule.kind === "near") && Math.abs(rule.day) > most;
  const isElsewhere = (rule: DayRule) => rule.kind === "annual" && months?.includes(rule.month) === false;
  return days.some(isOff) || (days.length > 0 && days.every(isElsewhere))
    ? new Mistake("date", `a day that exists${months ? "" : ", from the 1st to the 31st"}`)
    : undefined;
};

const within: Readonly<Record<Scope["of"], (rules: readonly DayRule[], scope: Scope) => Dates | Mistake>> = {
  month: (rules, { months }) => ({ ...(months && { months }), days: rules }),
  quarter(rules) {
    const ends = rules.map(isFromEnd);
    if (ends.some((end) => end !== ends[0]))
      return new Mistake("contradiction", "days from one end of the quarter");
    if (rules.some((rule) => reach(rule) > 4))
      return new Mistake("date", "a day in the first or last month of the quarter");
    return { months: ends[0] ? [3, 6, 9, 12] : [1, 4, 7, 10], days: rules };
  },
  year(rules) {
    if (rules.every((rule) => rule.kind === "day")) return { days: yearDayRules(rules) };
    const ends = rules.map(isFromEnd);
    if (ends.some((end) => end !== ends[0]))
      return new Mistake("contradiction", "days from one end of the year");
    if (rules.some((rule) => reach(rule) > 4))
      return new Mistake("date", "a day in the first or last month of the year");
    return { months: [ends[0] ? 12 : 1], days: rules };
  },
};

const isFromEnd = (rule: DayRule): boolean => ("nth" in rule ? rule.nth : "day" in rule ? rule.day : 1) < 0;

/** Weeks into the quarter or year, by which a rule for its first or last month may pass that month's end. */
const reach = (rule: DayRule): number => {
  switch (rule.kind) {
    case "nth":
      return Math.abs(rule.nth);
    case "workday":
      return Math.abs(rule.nth) / 5;
    case "day":
      return Math.abs(rule.day) > 30 ? 5 : 0;
    default:
      return 0;
  }
};

/** "every first friday" is of the month, "every second friday" may be every other week. */
export const everyNth = (
  nths: readonly number[],
  word: WeekdayWord,
  name: string,
): readonly Clause[] | Mistake => {
  const rules = nthRules(nths, word);
  const [nth = 1] = nths;
  if (nths.length === 1 && nth > 1 && word.days.length > 1 && !(rules instanceof Mistake))
    return new Mistake("ambiguous", `"the ${nth}${endingOf(nth)} ${name} of every month"`);
  if (nths.length === 1 && nth > 1 && !(rules instanceof Mistake))
    return nth === 2
      ? ambiguous(`every other ${name}`, `the 2nd ${name} of every month`)
      : ambiguous(
          `every ${nth} weeks on ${name}`,
          `the ${nth}${nth === 3 ? "rd" : "th"} ${name} of every month`,
        );
  return rules instanceof Mistake ? rules : [{ kind: "days", dates: { days: rules }, repeats: true }];
};

export const weekdayClause = ({ days, repeats }: Weekdays, every: boolean): readonly Clause[] => [
  { kind: "days", dates: { weekdays: days }, repeats: every || repeats },
];

/** From one number of a circle to another, over its end: friday to monday, november to february. */
export const around = (from: number, to: number, size: number): readonly number[] => {
  const length = ((to - from + size) % size) + 1;
  return Array.from({ length }, (_, i) => ((from - 1 + i) % size) + 1);
};
