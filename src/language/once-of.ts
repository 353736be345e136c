import { once, union } from "../recurrence/build.ts";
import type { Dates, Recurrence } from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";
import { type DayNumber, weekday } from "../time/plain-date.ts";
import { type Gathered, gatherDays, type SaidDays } from "./clause-set.ts";
import type { Clock, Day, ParseContext } from "./clauses.ts";
import {
  agreedDay,
  dateLater,
  impossibleDates,
  instantOn,
  isFloating,
  laterThan,
  momentOf,
  nextClock,
  nextDay,
  resolveDay,
  today,
} from "./days.ts";
import { ambiguous, Mistake, Refusal, unless } from "./errors.ts";
import { clocksOf, refuseLateNights } from "./schedule-of.ts";

/** What happens once, or once on each of several days or times that were named. */
export const singleOf = (said: Gathered, parseContext: ParseContext): Recurrence => {
  said.without(
    '"every" in front, as this is a single moment',
    "start",
    "end",
    "range",
    "period",
    "span",
    "count",
    "except",
    "windows",
    "within",
    "minutes",
    "marks",
    "elapsed",
    "aligned",
    "spaced",
    "sameTime",
    "sameDay",
    "rate",
    "step",
  );
  return union(...momentsOf(said, parseContext).map((at) => once(at)));
};

const momentsOf = (said: Gathered, parseContext: ParseContext): readonly Instant[] => {
  const { now, zone } = parseContext;
  const days = gatherDays(said);
  const moment = said.one("moment");
  const later = said.one("later");
  const day = said.one("day");
  const clocks = clocksOf(said);
  if (clocks) refuseLateNights(said, clocks, said.has("day", "days"));
  if (moment) {
    said.without("the moment alone", "later", "day", "days", "months", "clocks", "part");
    return [unless(momentOf(moment.clause.text, zone), moment)];
  }
  if (later) {
    said.without("either a length from now or a day", "day", "days", "months");
    const { amount } = later.clause;
    if (!clocks) return [laterThan(now, amount, zone)];
    if (!amount.unit || amount.elapsed > 0)
      throw new Refusal(new Mistake("contradiction", "whole days before a time of day"), later);
    return at(dateLater(today(parseContext), amount), clocks, parseContext);
  }
  if (day) return onDay(day.clause.day, days, clocks ?? midnight, parseContext, day);
  if (days) return onDays(said, days, clocks ?? midnight, parseContext);
  if (!clocks || !said.has("clocks"))
    throw new Refusal(new Mistake("unfinished", 'how often, such as "every day", or when'), said.place);
  return clocks.map((clock) => nextClock(clock, now, zone));
};

const midnight: readonly Clock[] = [{ at: 0 }];

const at = (date: DayNumber, clocks: readonly Clock[], { zone }: ParseContext): readonly Instant[] =>
  clocks.map((clock) => instantOn(date, clock.at, zone));

/** On one certain day; a floating one whose time has passed is the next such. */
const onDay = (
  day: Day,
  days: SaidDays | undefined,
  clocks: readonly Clock[],
  parseContext: ParseContext,
  place: { readonly start: number; readonly end: number },
): readonly Instant[] => {
  const now = today(parseContext);
  const date = unless(resolveDay(day, "start", now), place);
  if (days && !isWeekdayOf(days.dates, date))
    throw new Refusal(new Mistake("contradiction", "one day"), days.place);
  const first = at(date, clocks, parseContext);
  if (!isFloating(day) || first.every((instant) => instant > parseContext.now)) return first;
  return at(unless(resolveDay(day, "start", now, date + 1), place), clocks, parseContext);
};

/** "friday 2027-06-04" is one day said twice. */
const isWeekdayOf = ({ weekdays, days, months }: Dates, date: DayNumber): boolean =>
  !days && !months && weekdays?.includes(weekday(date)) === true;

/** The coming friday, the next 5 November: the first such day whose times are still ahead. Each of several dates has its own. */
const onDays = (
  said: Gathered,
  days: SaidDays,
  clocks: readonly Clock[],
  parseContext: ParseContext,
): readonly Instant[] => {
  const { dates, isOpen, isStretch, place } = days;
  const impossible = impossibleDates(dates);
  if (impossible) throw new Refusal(impossible, place);
  if (isStretch)
    throw new Refusal(
      new Mistake("unfinished", 'how often, such as "every day" or "every year"'),
      said.place,
    );
  if (!dates.weekdays && !dates.days)
    throw new Refusal(new Mistake("unfinished", 'how often, such as "every day", or which day'), said.place);
  if (dates.weekdays && dates.weekdays.length > 1)
    throw new Refusal(ambiguous("every one of these days", "the coming one"), place);
  if (dates.months && dates.days?.some(({ kind }) => kind === "annual"))
    throw new Refusal(new Mistake("contradiction", "the month once"), place);
  if (dates.weekdays && dates.months)
    throw new Refusal(ambiguous("the first such day of the month", "every such day of the month"), place);
  const [rule, ...more] = dates.days ?? [];
  if (isOpen && rule && !dates.months && (rule.kind !== "day" || rule.day < 0 || more.length > 0))
    throw new Refusal(ambiguous("of every month", "of this month"), place);
  const each: readonly Dates[] =
    more.length > 0 ? dates.days!.map((rule) => ({ ...dates, days: [rule] })) : [dates];
  return each.flatMap((dates) => {
    const earliest = Math.min(...clocks.map((clock) => clock.at));
    const coming = unless(agreedDay(dates, today(parseContext)), place);
    const isAhead = coming < Infinity && instantOn(coming, earliest, parseContext.zone) > parseContext.now;
    const date = isAhead ? coming : nextDay(dates, coming + 1);
    if (date === Infinity) throw new Refusal(new Mistake("never", "a day that exists"), place);
    return at(date, clocks, parseContext);
  });
};
