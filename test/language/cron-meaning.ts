/** What the fields of a cron expression say, and whether they say it of a moment: slow, and plain to see that it is right. */

export interface Fields {
  readonly dayOfMonth: Field;
  readonly month: Field;
  readonly weekday: Field;
}

export interface Expression extends Fields {
  readonly text: string;
  readonly second: Field;
  readonly minute: Field;
  readonly hour: Field;
}

export interface Field {
  readonly text: string;
  readonly entries: readonly Entry[];
}

export type Entry =
  | { readonly kind: "open" }
  /** Each step-th value from one to another, over the end of the field where the second is the smaller. */
  | { readonly kind: "range"; readonly from: number; readonly to: number; readonly step: number }
  /** So many days before the last of the month. */
  | { readonly kind: "last"; readonly before: number }
  | { readonly kind: "last workday" }
  /** The day from Monday to Friday nearest to a day of the month. */
  | { readonly kind: "near"; readonly day: number }
  /** The nth such weekday of the month, 0 for the last; Sunday is 0. */
  | { readonly kind: "nth"; readonly nth: number; readonly weekday: number };

export const isOpen = ({ entries }: Field): boolean => entries.length === 1 && entries[0]!.kind === "open";

export const isStarred = ({ text }: Field): boolean => text.startsWith("*") || text.startsWith("?");

/** Whether the clock of UTC shows the second, minute and hour. */
export const isAtTime = (expression: Expression, at: Date): boolean =>
  saysNumber(expression.second, at.getUTCSeconds(), 0, 59) &&
  saysNumber(expression.minute, at.getUTCMinutes(), 0, 59) &&
  saysNumber(expression.hour, at.getUTCHours(), 0, 23);

/** Whether the calendar of UTC shows the date. */
export const isOnDate = ({ dayOfMonth, month, weekday }: Fields, at: Date): boolean => {
  if (!saysNumber(month, at.getUTCMonth() + 1, 1, 12)) return false;
  const [byDay, byWeekday] = [saysDate(dayOfMonth, at, 1), saysDate(weekday, at, 0)];
  return isStarred(dayOfMonth) || isStarred(weekday) ? byDay && byWeekday : byDay || byWeekday;
};

/** Whether there is a date of the month in these months, and one that fulfils all. */
export const comesEver = (fields: Fields): boolean => {
  const any: Field = { text: "*", entries: [{ kind: "open" }] };
  return (
    dates.some((at) => isOnDate({ ...fields, weekday: any }, at)) && dates.some((at) => isOnDate(fields, at))
  );
};

const day = 86_400_000;

/** 28 years in which each date falls on each weekday. */
const dates = Array.from({ length: 28 * 366 }, (_, i) => new Date(Date.UTC(2001, 0, 1) + i * day));

const saysNumber = (field: Field, value: number, first: number, last: number): boolean =>
  field.entries.some((entry) => entry.kind === "open" || holds(entry, value, first, last));

const saysDate = (field: Field, at: Date, first: 0 | 1): boolean =>
  field.entries.some((entry) => saysDay(entry, at, first));

const saysDay = (entry: Entry, at: Date, first: 0 | 1): boolean => {
  switch (entry.kind) {
    case "open":
      return true;
    case "range":
      return first === 1 ? holds(entry, at.getUTCDate(), 1, 31) : holds(entry, at.getUTCDay(), 0, 6);
    case "last":
      return at.getUTCDate() === lastOfMonth(at) - entry.before;
    case "last workday":
      return at.getUTCDate() === Math.max(...daysOfMonth(at).filter((date) => isWorkday(at, date)));
    case "near":
      return at.getUTCDate() === nearestWorkday(at, entry.day);
    case "nth":
      return at.getUTCDay() === entry.weekday && isNth(at, entry.nth);
  }
};

/** Goes through a range one by one, as with a finger. */
const holds = (entry: Entry, value: number, first: number, last: number): boolean => {
  if (entry.kind !== "range") return false;
  const end = entry.to > last ? first : entry.to;
  let at = entry.from > last ? first : entry.from;
  for (let count = 0; ; count++) {
    if (at === value && count % entry.step === 0) return true;
    if (at === end) return false;
    at = at === last ? first : at + 1;
  }
};

const lastOfMonth = (at: Date): number =>
  new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();

const daysOfMonth = (at: Date): readonly number[] => Array.from({ length: lastOfMonth(at) }, (_, i) => i + 1);

const isWorkday = (at: Date, date: number): boolean => {
  const weekday = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), date)).getUTCDay();
  return weekday >= 1 && weekday <= 5;
};

/** No such day in a month that lacks the day itself. A Saturday and a Sunday lie nearer to one side. */
const nearestWorkday = (at: Date, day: number): number | undefined => {
  if (day > lastOfMonth(at)) return undefined;
  const workdays = daysOfMonth(at).filter((date) => isWorkday(at, date));
  return workdays.sort((a, b) => Math.abs(a - day) - Math.abs(b - day))[0];
};

const isNth = (at: Date, nth: number): boolean =>
  nth === 0 ? at.getUTCDate() + 7 > lastOfMonth(at) : Math.ceil(at.getUTCDate() / 7) === nth;
