import { minute } from "../../time/plain-time.ts";
import { amountOf, sumOf } from "../amounts.ts";
import { type Patterns, say } from "../grammar.ts";
import { given, Mistake } from "../mistake.ts";

/** Numbers and lengths of time. */
export const numbers = {
  and: [say("(和|、|及|与|以及|还有|跟|&)", () => true as const)],
  to: [say("(到|至|-|~)", () => true as const)],
  every: [say("(每|每个|每逢|逢|每到|每一|每一个)", () => true as const)],
  count: [say("{n:digits}", ({ n }) => n), say("{n:cardinal}", ({ n }) => n)],
  number: [say("{count}", ({ count }) => count), say("{decimal}", ({ decimal }) => decimal)],
  amount: [
    say("{count} 个? {unit} 零? {rest:amount}", ({ count, unit, rest }) =>
      given(amountOf(count, unit), (amount) => sumOf(amount, rest)),
    ),
    say("{count} 个半 {unit}", ({ count, unit }) => amountOf(count + 0.5, unit)),
    say("{count} {unit} 半", ({ count, unit }) => amountOf(count + 0.5, unit)),
    say("{number} 个? {unit}", ({ number, unit }) => amountOf(number, unit)),
    say("{count} {unit:unitSign}", ({ count, unit }) => amountOf(count, unit)),
    say("半 个? {unit}", ({ unit }) => amountOf(0.5, unit)),
    say("{count} 刻钟", ({ count }) =>
      count <= 3 ? amountOf(15 * count, { elapsed: minute }) : new Mistake("interval", "一刻钟 or 三刻钟"),
    ),
  ],
} satisfies Patterns;
