import { once, union } from "../recurrence/build.ts";
import type { Dates, Recurrence } from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";
import { type DayNumber, weekday } from "../time/plain-date.ts";
import { type ClauseSet, type DayClauses, daysOfClauses } from "./clause-set.ts";
import type { Clause, Clock, Day, ParseContext } from "./clauses.ts";
import {
  agreedDay,
  dateLater,
  impossibleDates,
  instantOn,
  isAbsolute,
  isFloating,
  laterThan,
  momentOf,
  nextClock,
  nextDay,
  past,
  resolveDay,
  today,
} from "./days.ts";
import { ambiguous, Mistake, orThrow } from "./errors.ts";
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
    clauses.without((t) => t.momentAlone, "later", "day", "days", "months", "clocks", "part");
    return [orThrow(momentOf(moment.clause.text, zone), moment)];
  }
  if (later) {
    clauses.without((t) => t.lengthOrDay, "day", "days", "months");
    const { amount } = later.clause;
    if (!clocks) return [laterThan(now, amount, zone)];
    if (!amount.unit || amount.elapsed > 0)
      throw new Mistake("contradiction", (t) => t.wholeDaysBeforeTime).at(later);
    return at(dateLater(today(context), amount), clocks, context);
  }
  if (day) return onDay(day.clause.day, days, clocks ?? midnight, context, day);
  if (days) return onDays(clauses, days, clocks ?? midnight, context);
  if (!clocks || !clauses.has("clocks"))
    throw new Mistake("unfinished", (t) => t.howOftenOrWhen).at(clauses.place);
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
  const date = orThrow(resolveDay(day, "start", now), place);
  if (days && !isWeekdayOf(days.dates, date))
    throw new Mistake("contradiction", (t) => t.oneDay).at(days.place);
  const first = at(date, clocks, context);
  if (first.every((instant) => instant > context.now) || isAbsolute(day)) return first;
  if (!isFloating(day)) {
    if (first.some((instant) => instant > context.now)) return first;
    throw past().at(place);
  }
  return at(orThrow(resolveDay(day, "start", now, date + 1), place), clocks, context);
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
  const impossible = impossibleDates(dates);
  if (impossible) throw impossible.at(place);
  if (isStretch) throw new Mistake("unfinished", (t) => t.howOftenDayOrYear).at(clauses.place);
  if (!dates.weekdays && !dates.days)
    throw new Mistake("unfinished", (t) => t.howOftenOrWhichDay).at(clauses.place);
  if (dates.weekdays && dates.weekdays.length > 1)
    throw ambiguous((t) => [t.everyOneOfThese, t.comingOne]).at(place);
  if (dates.months && dates.days?.some(({ kind }) => kind === "annual"))
    throw new Mistake("contradiction", (t) => t.monthOnce).at(place);
  if (dates.weekdays && dates.months) throw ambiguous((t) => [t.firstOfMonth, t.everyOfMonth]).at(place);
  const [rule, ...more] = dates.days ?? [];
  if (isOpen && rule && !dates.months && (rule.kind !== "day" || rule.day < 0 || more.length > 0))
    throw ambiguous((t) => [t.ofEveryMonth, t.ofThisMonth]).at(place);
  const each: readonly Dates[] =
    more.length > 0 ? dates.days!.map((rule) => ({ ...dates, days: [rule] })) : [dates];
  return each.flatMap((dates) => {
    const earliest = Math.min(...clocks.map((clock) => clock.at));
    const coming = orThrow(agreedDay(dates, today(context)), place);
    const isAhead = coming < Infinity && instantOn(coming, earliest, context.zone) > context.now;
    const date = isAhead ? coming : nextDay(dates, coming + 1);
    if (date === Infinity) throw new Mistake("never", (t) => t.existingDay).at(place);
    return at(date, clocks, context);
  });
};
