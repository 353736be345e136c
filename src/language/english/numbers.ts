import { amountOf, sumOf } from "../amounts.ts";
import { type Patterns, say } from "../grammar.ts";
import { given, Mistake } from "../mistake.ts";

/** Numbers and lengths of time. */
export const numbers = {
  and: [say("(, and|,|and|&|, &|as well as|plus)", () => true as const)],
  to: [say("(to|-|through|thru|~)", () => true as const)],
  every: [
    say("(every single?|each single?|each and every)", () => true as const),
    say("once (every|each|per|a|an)", () => true as const),
    say("one time (every|each|per|a|an)", () => true as const),
  ],
  count: [
    say("{n:digits}", ({ n }) => n),
    say("{n:cardinal}", ({ n }) => n),
    say("{n:cardinal} and? {rest:cardinal}", ({ n, rest }) =>
      n > 0 && n % 100 === 0 && rest < 100 ? n + rest : undefined,
    ),
  ],
  number: [
    say("{count} and a half", ({ count }) => count + 0.5),
    say("{count} and? 1/2", ({ count }) => count + 0.5),
    say("{count} and? 1/4", ({ count }) => count + 0.25),
    say("{count} and? 3/4", ({ count }) => count + 0.75),
    say("{count}", ({ count }) => count),
    say("{decimal}", ({ decimal }) => decimal),
  ],
  amount: [
    say("{counted} (and|, and) {rest:amount}", ({ counted, rest }) => sumOf(counted, rest)),
    say("{counted} ,? {rest:countedRow}", ({ counted, rest }) => sumOf(counted, rest)),
    say("{counted}", ({ counted }) => counted),
    say("(a|an) {unit} and {rest:amount}", ({ unit, rest }) =>
      given(amountOf(1, unit), (amount) => sumOf(amount, rest)),
    ),
    say("(a|an) {unit} and a half", ({ unit }) => amountOf(1.5, unit)),
    say("{n:count} {unit} and a half", ({ n, unit }) => amountOf(n + 0.5, unit)),
    say("(a|an) {unit}", ({ unit }) => amountOf(1, unit)),
    say("a? half (-|a|an|of a|of an)? {unit}", ({ unit }) => amountOf(0.5, unit)),
    say("1/2 (a|an|of a|of an)? {unit}", ({ unit }) => amountOf(0.5, unit)),
    say("(a|one)? quarter (-|of a|of an|an)? {unit}", ({ unit }) => quartersOf(1, unit)),
    say("three quarters of an {unit}", ({ unit }) => quartersOf(3, unit)),
  ],
  counted: [
    say("{number} -? {unit}", ({ number, unit }) => amountOf(number, unit)),
    say("{number} {unit:unitSign}", ({ number, unit }) => amountOf(number, unit)),
  ],
  /** "2 hours 30 minutes", but not "20 minutes an hour". */
  countedRow: [
    say("{counted} (and|,|, and)? {rest:countedRow}", ({ counted, rest }) => sumOf(counted, rest)),
    say("{counted}", ({ counted }) => counted),
  ],
} satisfies Patterns;

const quartersOf = (count: number, unit: Parameters<typeof amountOf>[1]) =>
  "elapsed" in unit && unit.elapsed === 3_600_000
    ? amountOf(count / 4, unit)
    : new Mistake("interval", "a quarter of an hour");
