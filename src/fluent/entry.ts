import { guardWords } from "../checks.ts";
import type { Registrar, Task } from "../job.ts";
import type { ParseContext } from "../language/clauses.ts";
import { parseCron } from "../language/cron/parse.ts";
import { parseEvery, parseOn, parseOnce, parseWhen, readRecurrence } from "../language/reader.ts";
import { once } from "../recurrence/build.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { looksIso, parseMoment } from "../time/iso.ts";
import { instantOf, type Moment, readMoment as readGiven } from "../time/moment.ts";
import { Chain, notASchedule } from "./chain.ts";
import {
  type Base,
  checkArgument,
  type Deferred,
  fromNow,
  readMomentText,
  remembered,
} from "./definition.ts";
import type { Argument, Schedule, ScheduleBuilders } from "./types.ts";
import { checkCount, looksCounted, Units } from "./units.ts";

export type { ScheduleBuilders };

/**
 * The functions that start a schedule, for one scheduler: `every(5).minutes`, `when("tuesdays at 10am")`, `once("tomorrow at 9")`.
 */
export const words = (registrar: Registrar): ScheduleBuilders => {
  const chain = (word: string, given: unknown, base: Base): Chain =>
    new Chain(registrar, { base }, { word, args: [given] });
  const phrase =
    (word: string, parse: (text: string, parseContext: ParseContext) => Recurrence) =>
    (text: string): Chain => {
      const read = remembered((parseContext) => parse(text, parseContext));
      checkArgument(read, registrar.parseContext(), undefined);
      return chain(word, text, { kind: "read", from: "phrase", read });
    };
  const everyPhrase = phrase("every", parseEvery);
  const builders = {
    every(...given: readonly [] | readonly [number | string]): Units | Chain {
      if (given.length === 0) return new Units(registrar, { word: "every", args: [] }, 1);
      const [count] = given;
      if (typeof count === "string" && !looksCounted(count)) return everyPhrase(count);
      return new Units(registrar, { word: "every", args: given }, checkCount(count, "every"));
    },
    on: phrase("on", parseOn),
    when: phrase("when", parseWhen),
    once(moment: string | Moment): Chain {
      const read = remembered(readMoment(moment));
      checkArgument(read, registrar.parseContext(), undefined);
      return chain("once", moment, { kind: "read", from: "moment", read });
    },
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
export const readMoment = (given: string | Moment): Deferred<Recurrence> => {
  if (typeof given === "string" && !looksIso(given))
    return (parseContext) => once(readMomentText(given, fromNow, () => parseOnce(given, parseContext)));
  if (typeof given === "string") return ({ zone }) => once(parseMoment(given, zone));
  const moment = readGiven(given);
  return ({ zone }) => once(instantOf(moment, zone));
};
