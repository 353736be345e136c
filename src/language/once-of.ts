import { once, union } from "../recurrence/build.ts";
import type { Dates, Recurrence } from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";
import { type DayNumber, weekday } from "../time/plain-date.ts";
import { type ClauseSet, type DayClauses, daysOfClauses } from "./clause-set.ts";
import type { Clause, Clock, Day, ParseContext } from "./clauses.ts";
import {
  agreedDay,
  dateLater,
  instantOn,
  isAbsolute,
  isFloating,
  laterThan,
  momentOf,
  nextClock,
  nextDay,
  refuseImpossible,
  refusePast,
  resolveDay,
  today,
} from "./days.ts";
import { inPlace, refuse, refuseAmbiguous } from "./errors.ts";
import { clocksOf, refuseLateNights } from "./schedule-of.ts";

/** What happens once, or once on each of several days or times that were named. */
export const singleOf = (clauses: ClauseSet, context: ParseContext): Recurrence => {
  clauses.without((t) => t.everyInFront, ...ofMany);
  return union(...momentsOf(clauses, context).map((at) => once(at)));
};

/** What only goes with a schedule that repeats. */
const ofMany =
  "start end range period span count except windows within minutes marks elapsed aligned spaced sameTime sameDay rate step".split(
    " ",
  ) as Clause["kind"][];

const momentsOf = (clauses: ClauseSet, context: ParseContext): readonly Instant[] => {
  const { now, zone } = context;
  const days = daysOfClauses(clauses);
  const moment = clauses.one("moment");
  const later = clauses.one("later");
  const day = clauses.one("day");
  const clocks = clocksOf(clauses);
  if (clocks) refuseLateNights(clauses, clocks, clauses.has("day", "days"));
  if (moment) {
    clauses.without((t) => t.alone("moment"), "later", "day", "days", "months", "clocks", "part");
    return [inPlace(moment, () => momentOf(moment.clause.text, zone))];
  }
  if (later) {
    clauses.without((t) => t.lengthOrDay, "day", "days", "months");
    const { amount } = later.clause;
    if (!clocks) return [laterThan(now, amount, zone)];
    if (!amount.unit || amount.elapsed > 0) refuse("contradiction", (t) => t.wholeDaysBeforeTime, later);
    return at(dateLater(today(context), amount), clocks, context);
  }
  if (day) return onDay(day.clause.day, days, clocks ?? midnight, context, day);
  if (days) return onDays(clauses, days, clocks ?? midnight, context);
  if (!clocks || !clauses.has("clocks")) refuse("unfinished", (t) => t.howOftenOrWhen, clauses.place);
  return clocks.map((clock) => nextClock(clock, now, zone));
};

const midnight: readonly Clock[] = [{ at: 0 }];

const at = (date: DayNumber, clocks: readonly Clock[], { zone }: ParseContext): readonly Instant[] =>
  clocks.map((clock) => instantOn(date, clock.at, zone));

/** On one certain day; a floating one whose time has passed is the next such. */
const onDay = (
  day: Day,
  days: DayClauses | undefined,
  clocks: readonly Clock[],
  context: ParseContext,
  place: { readonly start: number; readonly end: number },
): readonly Instant[] => {
  const now = today(context);
  const date = inPlace(place, () => resolveDay(day, "start", now));
  if (days && !isWeekdayOf(days.dates, date)) refuse("contradiction", (t) => t.oneDay, days.place);
  const first = at(date, clocks, context);
  if (first.every((instant) => instant > context.now) || isAbsolute(day)) return first;
  if (!isFloating(day)) {
    if (first.some((instant) => instant > context.now)) return first;
    inPlace(place, refusePast);
  }
  return at(
    inPlace(place, () => resolveDay(day, "start", now, date + 1)),
    clocks,
    context,
  );
};

/** "friday 2027-06-04" is one day written twice. */
const isWeekdayOf = ({ weekdays, days, months }: Dates, date: DayNumber): boolean =>
  !days && !months && weekdays?.includes(weekday(date)) === true;

/** The coming friday, the next 5 November: the first such day whose times are still ahead. Each of several dates has its own. */
const onDays = (
  clauses: ClauseSet,
  days: DayClauses,
  clocks: readonly Clock[],
  context: ParseContext,
): readonly Instant[] => {
  const { dates, isOpen, isStretch, place } = days;
  refuseImpossible(dates, place);
  if (isStretch) refuse("unfinished", (t) => t.howOftenDayOrYear, clauses.place);
  if (!dates.weekdays && !dates.days) refuse("unfinished", (t) => t.howOftenOrWhen, clauses.place);
  if (dates.weekdays && dates.weekdays.length > 1)
    refuseAmbiguous((t) => [t.everyOneOfThese, t.comingOne], place);
  if (dates.months && dates.days?.some(({ kind }) => kind === "annual"))
    refuse("contradiction", (t) => t.once("month"), place);
  if (dates.weekdays && dates.months) refuseAmbiguous((t) => [t.firstOfMonth, t.everyOfMonth], place);
  const [rule, ...more] = dates.days ?? [];
  if (isOpen && rule && !dates.months && (rule.kind !== "day" || rule.day < 0 || more.length > 0))
    refuseAmbiguous((t) => [t.ofEveryMonth, t.ofThisMonth], place);
  const each: readonly Dates[] =
    more.length > 0 ? dates.days!.map((rule) => ({ ...dates, days: [rule] })) : [dates];
  return each.flatMap((dates) => {
    const earliest = Math.min(...clocks.map((clock) => clock.at));
    const coming = inPlace(place, () => agreedDay(dates, today(context)));
    const isAhead = coming < Infinity && instantOn(coming, earliest, context.zone) > context.now;
    const date = isAhead ? coming : nextDay(dates, coming + 1);
    if (date === Infinity) refuse("never", (t) => t.existingDay, place);
    return at(date, clocks, context);
  });
};
