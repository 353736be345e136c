import { guardWords } from "../checks.ts";
import { ScheduleError } from "../errors.ts";
import type { CallTrace, Registrar } from "../job.ts";
import { texts } from "../text/text.ts";
import { longest } from "../time/duration.ts";
import { weekendDays, workdays } from "../time/names.ts";
import { Chain } from "./chain.ts";
import { type Base, beginSchedule, isElapsed, lengths, type Unit } from "./definition.ts";

/** `every(5)` or `every(5).to(10)`, which still need a unit. */
export class Units {
  readonly #registrar: Registrar;
  readonly #callTrace: CallTrace;
  readonly #every: number;
  readonly #to: number | undefined;

  constructor(registrar: Registrar, callTrace: CallTrace, every: number, to?: number) {
    this.#registrar = registrar;
    this.#callTrace = callTrace;
    this.#every = every;
    this.#to = to;
    beginSchedule(registrar, callTrace);
  }

  to(most: number): Units {
    const callTrace = { before: this.#callTrace, word: "to", args: [most] };
    return new Units(this.#registrar, callTrace, this.#every, checkCount(most, "to", this.#every));
  }

  get second(): Chain {
    return this.#one("second");
  }
  get minute(): Chain {
    return this.#one("minute");
  }
  get hour(): Chain {
    return this.#one("hour");
  }
  get day(): Chain {
    return this.#one("day");
  }
  get week(): Chain {
    return this.#one("week");
  }
  get month(): Chain {
    return this.#one("month");
  }
  get year(): Chain {
    return this.#one("year");
  }

  get seconds(): Chain {
    return this.#counted("second", "seconds");
  }
  get minutes(): Chain {
    return this.#counted("minute", "minutes");
  }
  get hours(): Chain {
    return this.#counted("hour", "hours");
  }
  get days(): Chain {
    return this.#counted("day", "days");
  }
  get weeks(): Chain {
    return this.#counted("week", "weeks");
  }
  get months(): Chain {
    return this.#counted("month", "months");
  }
  get years(): Chain {
    return this.#counted("year", "years");
  }

  get monday(): Chain {
    return this.#dated("monday", [1]);
  }
  get tuesday(): Chain {
    return this.#dated("tuesday", [2]);
  }
  get wednesday(): Chain {
    return this.#dated("wednesday", [3]);
  }
  get thursday(): Chain {
    return this.#dated("thursday", [4]);
  }
  get friday(): Chain {
    return this.#dated("friday", [5]);
  }
  get saturday(): Chain {
    return this.#dated("saturday", [6]);
  }
  get sunday(): Chain {
    return this.#dated("sunday", [7]);
  }
  get weekday(): Chain {
    return this.#dated("weekday", workdays);
  }
  get weekend(): Chain {
    return this.#dated("weekend", weekendDays);
  }

  at(): never {
    throw this.#withoutUnit("at");
  }
  do(): never {
    throw this.#withoutUnit("do");
  }
  exec(): never {
    throw this.#withoutUnit("exec");
  }
  worker(): never {
    throw this.#withoutUnit("worker");
  }

  #counted(unit: Unit, word: string): Chain {
    const [every, to] = [this.#every, this.#to];
    checkLength(to ?? every, unit);
    const base: Base = isElapsed(unit)
      ? { kind: "elapsed", unit, every, to }
      : { kind: "stepped", unit, every, to };
    return new Chain(this.#registrar, { base }, { before: this.#callTrace, word });
  }

  #one(unit: Unit): Chain {
    if (this.#every === 1 && this.#to === undefined) return this.#counted(unit, unit);
    throw this.#severalOf(
      unit,
      `every(${this.#every})${this.#to === undefined ? "" : `.to(${this.#to})`}.${unit}s`,
    );
  }

  #dated(name: string, weekdays: readonly number[]): Chain {
    if (this.#every !== 1 || this.#to !== undefined)
      throw this.#severalOf(name, `every(${this.#every}).weeks.on("${name}")`);
    const when = { base: { kind: "dated", dates: { weekdays } } as const };
    return new Chain(this.#registrar, when, { before: this.#callTrace, word: name });
  }

  #severalOf(word: string, nearest: string): ScheduleError {
    return new ScheduleError({
      code: "interval",
      what: `every(…).${word}`,
      given: this.#to ?? this.#every,
      accepted: texts().errors.every.single(word),
      nearest,
    });
  }

  #withoutUnit(word: string): ScheduleError {
    const count = this.#every === 1 ? "" : String(this.#every);
    return new ScheduleError({
      code: "unit",
      what: texts().errors.every.noUnit.what(word, count),
      accepted: texts().errors.every.noUnit.accepted(word, count),
    });
  }
}

guardWords(Units.prototype, "start");

/**
 * Checks the number of `every(5)` and `to(10)`.
 *
 * @param least the smallest number that is accepted. @default 1
 * @throws ScheduleError `interval`
 */
export const checkCount = (given: unknown, word: "every" | "to", least = 1): number => {
  if (typeof given === "number" && Number.isSafeInteger(given) && given >= least) return given;
  throw new ScheduleError({
    code: "interval",
    what: `${word}(…)`,
    given,
    accepted: texts().errors.every.count(least),
    nearest: nearestCount(given, word, least),
  });
};

/** Whether a text is a quoted number, or empty, and so no phrase. */
export const looksCounted = (text: string): boolean => /^\s*(?:[-+]?[\d.,]+)?\s*$/.test(text);

/** Rejects intervals above a hundred years. */
export const checkLength = (count: number, unit: Unit): void => {
  const most = isElapsed(unit) ? longest / lengths[unit] : mostDates[unit];
  if (count <= most) return;
  throw new ScheduleError({
    code: "interval",
    what: `every(…).${unit}s`,
    given: count,
    accepted: texts().errors.every.hundredYears(most),
    nearest: `every(${most}).${unit}s`,
  });
};

const mostDates = { day: 36_525, week: 5_217, month: 1_200, year: 100 };

const nearestCount = (given: unknown, word: string, least: number): string | undefined => {
  const number = typeof given === "string" && given.trim() !== "" ? Number(given.replace(",", ".")) : given;
  if (typeof number === "boolean") return `${word}(${least})`;
  if (typeof number !== "number" || !Number.isFinite(number)) return undefined;
  return `${word}(${Math.min(Math.max(least, Math.round(number)), Number.MAX_SAFE_INTEGER)})`;
};
