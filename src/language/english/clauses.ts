import type { Dates, DateUnit } from "../../recurrence/recurrence.ts";
import { amountOf, frequencyOf, randomOf, steppedOf } from "../amounts.ts";
import { isDated } from "../dated.ts";
import { type Patterns, say } from "../grammar.ts";
import type { Clause, Excluded, Unit } from "../meaning.ts";
import { ambiguous, given, type Mistake } from "../mistake.ts";
import { around, scopedDays } from "../which-days.ts";
import { cityZone, codedZone, offsetZone, zoneOf } from "../zones.ts";

/** How often; what is left out; where; and in what manner. */
export const clauses = {
  frequency: [
    say("{every} {amount}", ({ amount }) => frequencyOf(amount)),
    say("{every} {unit}", ({ unit }) => everyUnits(1, unit)),
    say("{every} {unit} and a half", ({ unit }) => everyUnits(1.5, unit)),
    say("{every} other {unit}", ({ unit }) => everyUnits(2, unit)),
    say("{every} {n:monthDay} {unit}", ({ n, unit }) => (n > 1 ? everyUnits(n, unit) : undefined)),
    say("{every} {from:count} (to|-) {to:count} {unit}", ({ from, to, unit }) => randomOf(from, to, unit)),
    say("{every} {from:count} (to|-) {to:count} {unit:unitSign}", ({ from, to, unit }) =>
      randomOf(from, to, unit),
    ),
    say("{every} {from:amount} (to|-) {to:amount} in steps of {step:amount}", ({ from, to, step }) =>
      steppedOf(from, to, step),
    ),
    say("once? (daily|everyday|day by day)", () => everyDates(1, "day")),
    say("once? weekly", () => everyDates(1, "week")),
    say("once? (fortnightly)", () => everyDates(2, "week")),
    say("once? monthly", () => everyDates(1, "month")),
    say("once? quarterly", (): Clause[] => [{ kind: "step", every: 3, unit: "month", isQuarter: true }]),
    say("once? (yearly|annually)", () => everyDates(1, "year")),
    say("once? hourly", () => everyUnits(1, { elapsed: 3_600_000 })),
    say("half-hourly", () => everyUnits(0.5, { elapsed: 3_600_000 })),
    say("{every} {part}", ({ part }): Clause[] => [{ kind: "part", part: part.part, repeats: true }]),
    say("nightly", (): Clause[] => [{ kind: "part", part: "night", repeats: true }]),
    say("(twice|two times|thrice) (a|an|per|{every})? {unit}", ({ unit }) => severalTimes(unit)),
    say("{n:count} (times|x) (a|an|per|{every}) {unit}", ({ unit }) => severalTimes(unit)),
    say("(twice|two times|thrice) (daily|weekly|monthly|hourly|yearly)", () => severalTimes()),
    say("{n:count} (times|x) (daily|weekly|monthly|hourly|yearly)", () => severalTimes()),
    say("(biweekly|bi-weekly|bi weekly)", () => ambiguous("every 2 weeks", "every monday and thursday")),
    say("(bimonthly|bi-monthly|bi monthly)", () =>
      ambiguous("every 2 months", "the 1st and 15th of every month"),
    ),
    say("(biannually|biannual|bi-annually|biyearly|bi-yearly|biennially|biennial)", () =>
      ambiguous("every 2 years", "every 6 months"),
    ),
    say("(semiweekly|semi-weekly)", () => ambiguous("every monday and thursday", "every 84 hours")),
    say("(semimonthly|semi-monthly)", () =>
      ambiguous("the 1st and 15th of every month", "the 15th and last day of every month"),
    ),
  ],
  exclusion: [
    say("{out:datesOut}", ({ out }): Excluded => ready(out)),
    say(
      "{out:datesOut} from {from:month} (to|through|until|-) {to:month}",
      ({ out, from, to }): Excluded => ready({ ...out, months: around(from, to, 12) }),
    ),
    say("{out:datesOut} (in|of) {months}", ({ out, months }): Excluded => ready({ ...out, months })),
    say("{every}? {which} {scope}", ({ which, scope }) =>
      given(scopedDays(which, scope), ([first, ...more]): Excluded | undefined =>
        first?.kind === "days" && more.length === 0 ? ready(first.dates) : undefined,
      ),
    ),
    say("the? (start|beginning) {scope}", ({ scope }) =>
      given(scopedDays([{ kind: "day", day: 1 }], scope), ([first]) =>
        first?.kind === "days" ? ready(first.dates) : undefined,
      ),
    ),
    say("the? end {scope}", ({ scope }) =>
      given(scopedDays([{ kind: "day", day: -1 }], scope), ([first]) =>
        first?.kind === "days" ? ready(first.dates) : undefined,
      ),
    ),
    say(
      "from {from:month} (to|through|thru|till|until|-) {to:month}",
      ({ from, to }): Excluded => ready({ months: around(from, to, 12) }),
    ),
    say("{every}? {months}", ({ months }): Excluded => ready({ months })),
    say("{day:thatDay}", ({ day }): Excluded => ({ kind: "days", from: day, to: day })),
    say(
      "(from|between)? the? {from:day} (to|until|till|through|thru|-|and) the? {to:day}",
      ({ from, to }): Excluded | undefined =>
        isDated(from) && isDated(to) ? { kind: "days", from, to } : undefined,
    ),
    say("at {clock:hour}", ({ clock }): Excluded => ({ kind: "clocks", clocks: [clock] })),
    say("{clocks}", ({ clocks }): Excluded => ({ kind: "clocks", clocks })),
    say("{window}", ({ window }): Excluded => ({ kind: "window", window })),
  ],
  exclusions: [
    say("{exclusion}", ({ exclusion }) => [exclusion]),
    say(
      "{exclusion} ({and}|or|, or) (on|at|in|for|during)? the? {more:exclusions}",
      ({ exclusion, more }) => [exclusion, ...more],
    ),
  ],
  except: [
    say(
      "(except|except for|but not|but|excluding|other than|apart from|not) (on|at|in|for|during)? the? {not:exclusions}",
      ({ not }): Clause[] => [{ kind: "except", not }],
    ),
  ],
  zone: [
    say("{name:zoneName} time?", ({ name }) => zoneOf(name)),
    say("{offset} time?", ({ offset }) => offsetZone(offset)),
    say("{zone:zoneWord} (time|standard time|daylight time)?", ({ zone }) => zone),
    say("{city} time", ({ city }) => cityZone(city)),
    say("{code:zoneCode}", ({ code }) => codedZone(code)),
  ],
  inZone: [
    say("(in|using)? the? {zone} (timezone|time zone|zone)?", ({ zone }): Clause[] => [
      { kind: "zone", zone },
    ]),
    say("\\( {zone} \\)", ({ zone }): Clause[] => [{ kind: "zone", zone }]),
    say("[ {zone} ]", ({ zone }): Clause[] => [{ kind: "zone", zone }]),
  ],
  manner: [
    say("in elapsed time", (): Clause[] => [{ kind: "elapsed" }]),
    say("(aligned to the clock|on the clock|aligned)", (): Clause[] => [{ kind: "aligned" }]),
    say("counted? from the end of the (last|previous) run", (): Clause[] => [{ kind: "spaced" }]),
  ],
} satisfies Patterns;

const everyUnits = (count: number, unit: Unit): readonly Clause[] | Mistake =>
  given(amountOf(count, unit), frequencyOf);

const everyDates = (every: number, unit: DateUnit): Clause[] => [{ kind: "step", every, unit }];

/** How far apart, or at which times: both are meant by people who say "twice a day". */
const severalTimes = (unit?: Unit): Mistake =>
  !unit || "elapsed" in unit || unit.unit === "day"
    ? ambiguous("every 12 hours", "every day at 9am and 9pm")
    : unit.unit === "week"
      ? ambiguous("every monday and thursday", "every 84 hours")
      : unit.unit === "month"
        ? ambiguous("on the 1st and 15th of every month", "every 2 weeks")
        : ambiguous("every 6 months", "every january 1 and july 1");

const ready = (dates: Dates): Excluded => ({ kind: "ready", dates });
