import { guardWords, invalid, nameOtherWords } from "../checks.ts";
import { ScheduleError } from "../errors.ts";
import type { CallTrace, Registrar, Task } from "../job.ts";
import type { ParseContext } from "../language/clauses.ts";
import { parseCron } from "../language/cron/parse.ts";
import { parseEvery, parseOn, parseOnce, parseWhen, readRecurrence } from "../language/reader.ts";
import { once } from "../recurrence/build.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { texts } from "../text/text.ts";
import { longest } from "../time/duration.ts";
import { looksIso, parseMoment } from "../time/iso.ts";
import { instantOf, type Moment, readMoment as readGiven } from "../time/moment.ts";
import { unitNames, weekdayNames, weekendDays, workdays } from "../time/names.ts";
import { readMomentText } from "./arguments.ts";
import { Chain, notASchedule } from "./chain.ts";
import {
  type Base,
  beginSchedule,
  checkArgument,
  type Deferred,
  isElapsed,
  lengths,
  remembered,
  type Unit,
} from "./definition.ts";
import type { Argument, Schedule, ScheduleBuilders } from "./types.ts";

export type { ScheduleBuilders };

/**
 * The functions that start a schedule, for one scheduler: `every(5).minutes`, `when("tuesdays at 10am")`, `once("tomorrow at 9")`.
 */
export const words = (registrar: Registrar): ScheduleBuilders => {
  const chain = (word: string, given: unknown, base: Base): Chain =>
    new Chain(registrar, { base }, { word, args: [given] });
  const reading = (word: string, given: unknown, from: "phrase" | "moment", parse: Deferred<Recurrence>) => {
    const read = remembered(parse);
    checkArgument(read, registrar.parseContext(), undefined);
    return chain(word, given, { kind: "read", from, read });
  };
  const phrase =
    (word: string, parse: (text: string, parseContext: ParseContext) => Recurrence) =>
    (text: string): Chain =>
      reading(word, text, "phrase", (parseContext) => parse(text, parseContext));
  const everyPhrase = phrase("every", parseEvery);
  const builders = {
    every(...given: readonly [] | readonly [number | string]): Units | Chain {
      const [count = 1] = given;
      // A quoted number, or nothing in quotes, is no phrase.
      if (typeof count === "string" && !/^\s*(?:[-+]?\d+(?:[.,]\d+)?)?\s*$/.test(count))
        return everyPhrase(count);
      const every = given.length === 0 ? 1 : checkCount(given[0], "every");
      return new Units(registrar, { word: "every", args: given }, every);
    },
    on: phrase("on", parseOn),
    when: phrase("when", (text, parseContext) =>
      readMomentText(
        text,
        () => parseWhen(text, parseContext),
        (length) => `"every ${length}"`,
      ),
    ),
    once: (moment: string | Moment): Chain => reading("once", moment, "moment", readMoment(moment)),
    cron(expression: string): Chain {
      const recurrence = parseCron(expression);
      return chain("cron", expression, { kind: "read", from: "cron", read: () => recurrence });
    },
    fromJSON(json: unknown): Chain {
      const recurrence = readRecurrence(typeof json === "string" ? parsedJson(json) : json);
      const from = recurrence.kind === "once" ? "moment" : "json";
      return chain("fromJSON", recurrence, { kind: "read", from, read: () => recurrence });
    },
    repeat(schedule: Schedule, ...args: readonly Argument[]) {
      if (typeof schedule?.do !== "function") throw notASchedule("repeat(…)", schedule);
      return <F extends Task>(task: F): F => {
        schedule.do(task, ...args);
        return task;
      };
    },
  };
  guardWords(builders, "start");
  nameOtherWords(builders.every, "every");
  // The classes have every word and reject misplaced ones at run time; the types only have those that fit.
  return builders as unknown as ScheduleBuilders;
};

/** The value of JSON text; other text is rejected as it is. */
const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/**
 * The moment of `once(…)`: a `Date` or the like, ISO text, or a phrase. It may have passed.
 *
 * @throws ScheduleError `moment`, or what the phrase parser throws: `past` for "yesterday"
 */
const readMoment = (given: string | Moment): Deferred<Recurrence> => {
  if (typeof given === "string" && !looksIso(given))
    return (parseContext) => once(readMomentText(given, () => parseOnce(given, parseContext)));
  if (typeof given === "string") return ({ zone }) => once(parseMoment(given, zone));
  const moment = readGiven(given);
  return ({ zone }) => once(instantOf(moment, zone));
};

const namedDays: readonly (readonly [string, readonly number[]])[] = [
  ...weekdayNames.map((name, i) => [name, [i + 1]] as const),
  ["weekday", workdays],
  ["weekend", weekendDays],
];

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

  #of(word: string, base: Base): Chain {
    return new Chain(this.#registrar, { base }, { before: this.#callTrace, word });
  }

  #counted(word: string, unit: Unit): Chain {
    const [every, to] = [this.#every, this.#to];
    const most = isElapsed(unit) ? longest / lengths[unit] : mostDates[unit];
    if ((to ?? every) > most)
      throw invalid(
        "interval",
        `every(…).${unit}s`,
        to ?? every,
        texts().errors.every.hundredYears(most),
        `every(${most}).${unit}s`,
      );
    const count = { every, to };
    return this.#of(
      word,
      isElapsed(unit) ? { kind: "elapsed", unit, ...count } : { kind: "stepped", unit, ...count },
    );
  }

  #checkOne(word: string, nearest: string): void {
    if (this.#every === 1 && this.#to === undefined) return;
    const accepted = texts().errors.every.single(word);
    throw invalid("interval", `every(…).${word}`, this.#to ?? this.#every, accepted, nearest);
  }

  static {
    const define = (word: string, how: PropertyDescriptor & ThisType<Units>) =>
      Object.defineProperty(Units.prototype, word, { configurable: true, ...how });
    for (const unit of unitNames)
      define(unit, {
        get() {
          const to = this.#to === undefined ? "" : `.to(${this.#to})`;
          this.#checkOne(unit, `every(${this.#every})${to}.${unit}s`);
          return this.#counted(unit, unit);
        },
      });
    for (const unit of unitNames)
      define(`${unit}s`, {
        get() {
          return this.#counted(`${unit}s`, unit);
        },
      });
    for (const [name, weekdays] of namedDays)
      define(name, {
        get() {
          this.#checkOne(name, `every(${this.#every}).weeks.on("${name}")`);
          return this.#of(name, { kind: "dated", dates: { weekdays } });
        },
      });
    for (const word of ["at", "do", "exec", "worker"])
      define(word, {
        value() {
          const count = this.#every === 1 ? "" : String(this.#every);
          const { what, accepted } = texts().errors.every.noUnit;
          throw new ScheduleError({ code: "unit", what: what(word, count), accepted: accepted(word, count) });
        },
      });
  }
}

guardWords(Units.prototype, "start");

const mostDates = { day: 36_525, week: 5_217, month: 1_200, year: 100 };

/** Checks the number of `every(5)` and `to(10)`. @throws ScheduleError `interval` */
const checkCount = (given: unknown, word: "every" | "to", least = 1): number => {
  if (typeof given === "number" && Number.isSafeInteger(given) && given >= least) return given;
  const number = typeof given === "string" && given.trim() !== "" ? Number(given.replace(",", ".")) : given;
  const near =
    typeof number === "boolean"
      ? least
      : typeof number === "number" && Number.isFinite(number)
        ? Math.min(Math.max(least, Math.round(number)), Number.MAX_SAFE_INTEGER)
        : undefined;
  const nearest = near === undefined ? undefined : `${word}(${near})`;
  const { count, countOrPhrase } = texts().errors.every;
  const accepted = word === "every" && typeof given !== "number" ? countOrPhrase : count(least);
  throw invalid("interval", `${word}(…)`, given, accepted, nearest);
};
