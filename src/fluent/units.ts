import { ScheduleError } from "../errors.ts";
import type { Registrar } from "../job/definition.ts";
import { Chain } from "./chain.ts";
import { checkCount, checkLength } from "./count.ts";
import { weekendDays, workdays } from "./day-names.ts";
import { refuseExtra } from "./extra.ts";
import { type Base, isElapsed, type Unit } from "./said.ts";
import type { Spoken } from "./spoken.ts";

/** `every(5)`, or `every(5).to(10)`: what is still to be said is of what. */
export class Units {
  readonly #registrar: Registrar;
  readonly #spoken: Spoken;
  readonly #every: number;
  readonly #to: number | undefined;

  constructor(registrar: Registrar, spoken: Spoken, every: number, to?: number) {
    this.#registrar = registrar;
    this.#spoken = spoken;
    this.#every = every;
    this.#to = to;
  }

  to(most: number): Units {
    const spoken = { before: this.#spoken, word: "to", args: [most] };
    return new Units(this.#registrar, spoken, this.#every, checkCount(most, "to", this.#every));
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
    return new Chain(this.#registrar, { base }, { before: this.#spoken, word });
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
    return new Chain(this.#registrar, when, { before: this.#spoken, word: name });
  }

  #severalOf(word: string, nearest: string): ScheduleError {
    return new ScheduleError({
      code: "interval",
      what: `every(…).${word}`,
      given: this.#to ?? this.#every,
      accepted: `1: .${word} stands after every() alone`,
      nearest,
    });
  }

  #withoutUnit(word: string): ScheduleError {
    const count = this.#every === 1 ? "" : this.#every;
    return new ScheduleError({
      code: "unit",
      what: `.${word}(…) after every(${count})`,
      accepted: `of what first: every(${count}).${count === "" ? "hour" : "hours"}.${word}(…)`,
    });
  }
}

refuseExtra(Units.prototype);
