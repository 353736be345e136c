import { once, union } from "../recurrence/combine.ts";
import type { Dates, Recurrence } from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";
import { type DayNumber, weekday } from "../time/plain-date.ts";
import { type Gathered, gatherDays, type SaidDays } from "./gathered.ts";
import type { Hearing } from "./hearing.ts";
import type { Clock, Day } from "./meaning.ts";
import { ambiguous, Mistake } from "./mistake.ts";
import {
  agreedDay,
  dateLater,
  instantOn,
  isFloating,
  laterThan,
  momentOf,
  nextClock,
  nextDay,
  resolveDay,
  today,
} from "./points.ts";
import { Refusal, unless } from "./refusal.ts";
import { clocksOf, refuseLateNights } from "./times.ts";
import { impossibleDates } from "./which-days.ts";

/** What happens once, or once on each of several days or times that were named. */
export const singleOf = (said: Gathered, hearing: Hearing): Recurrence => {
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
  return union(...momentsOf(said, hearing).map((at) => once(at)));
};

const momentsOf = (said: Gathered, hearing: Hearing): readonly Instant[] => {
  const { now, zone } = hearing;
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
    return at(dateLater(today(hearing), amount), clocks, hearing);
  }
  if (day) return onDay(day.clause.day, days, clocks ?? midnight, hearing, day);
  if (days) return onDays(said, days, clocks ?? midnight, hearing);
  if (!clocks || !said.has("clocks"))
    throw new Refusal(new Mistake("unfinished", 'how often, such as "every day", or when'), said.place);
  return clocks.map((clock) => nextClock(clock, now, zone));
};

const midnight: readonly Clock[] = [{ at: 0 }];

const at = (date: DayNumber, clocks: readonly Clock[], { zone }: Hearing): readonly Instant[] =>
  clocks.map((clock) => instantOn(date, clock.at, zone));

/** On one certain day; a floating one whose time has passed is the next such. */
const onDay = (
  day: Day,
  days: SaidDays | undefined,
  clocks: readonly Clock[],
  hearing: Hearing,
  place: { readonly start: number; readonly end: number },
): readonly Instant[] => {
  const now = today(hearing);
  const date = unless(resolveDay(day, "start", now), place);
  if (days && !isWeekdayOf(days.dates, date))
    throw new Refusal(new Mistake("contradiction", "one day"), days.place);
  const first = at(date, clocks, hearing);
  if (!isFloating(day) || first.every((instant) => instant > hearing.now)) return first;
  return at(unless(resolveDay(day, "start", now, date + 1), place), clocks, hearing);
};

/** "friday 2027-06-04" is one day said twice. */
const isWeekdayOf = ({ weekdays, days, months }: Dates, date: DayNumber): boolean =>
  !days && !months && weekdays?.includes(weekday(date)) === true;

/** The coming friday, the next 5 November: the first such day whose times are still ahead. Each of several dates has its own. */
const onDays = (
  said: Gathered,
  days: SaidDays,
  clocks: readonly Clock[],
  hearing: Hearing,
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
    const coming = unless(agreedDay(dates, today(hearing)), place);
    const isAhead = coming < Infinity && instantOn(coming, earliest, hearing.zone) > hearing.now;
    const date = isAhead ? coming : nextDay(dates, coming + 1);
    if (date === Infinity) throw new Refusal(new Mistake("never", "a day that exists"), place);
    return at(date, clocks, hearing);
  });
};
