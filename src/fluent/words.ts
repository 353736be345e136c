import type { Registrar } from "../job/definition.ts";
import type { Task } from "../job/job.ts";
import { parseCron } from "../language/cron.ts";
import type { Hearing } from "../language/hearing.ts";
import { parseEvery, parseOn, parseWhen, readRecurrence } from "../language/reader.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { Moment } from "../time/moment.ts";
import { Chain } from "./chain.ts";
import { checkCount, looksCounted } from "./count.ts";
import { refuseExtra } from "./extra.ts";
import type { Argument, Sentence, Words } from "./grammar.ts";
import { readMoment } from "./moment-words.ts";
import { type Base, checkSaid, remembered } from "./said.ts";
import { Units } from "./units.ts";

export type { Words };

/**
 * The words that start a sentence, for one scheduler: `every(5).minutes`, `when("tuesdays at 10am")`, `once("tomorrow at 9")`.
 */
export const words = (registrar: Registrar): Words => {
  const chain = (word: string, given: unknown, base: Base): Chain =>
    new Chain(registrar, { base }, { word, args: [given] });
  const phrase =
    (word: string, parse: (text: string, hearing: Hearing) => Recurrence) =>
    (text: string): Chain => {
      const read = remembered((hearing) => parse(text, hearing));
      checkSaid(read, registrar.hearing(), undefined);
      return chain(word, text, { kind: "read", from: "phrase", read });
    };
  const everyPhrase = phrase("every", parseEvery);
  const said = {
    every(...given: readonly [] | readonly [number | string]): Units | Chain {
      if (given.length === 0) return new Units(registrar, everyOne, 1);
      const [count] = given;
      if (typeof count === "string" && !looksCounted(count)) return everyPhrase(count);
      return new Units(registrar, { word: "every", args: given }, checkCount(count, "every"));
    },
    on: phrase("on", parseOn),
    when: phrase("when", parseWhen),
    once(moment: string | Moment): Chain {
      const read = remembered(readMoment(moment));
      checkSaid(read, registrar.hearing(), undefined);
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
    repeat:
      (sentence: Sentence, ...args: readonly Argument[]) =>
      <F extends Task>(task: F): F => {
        sentence.do(task, ...args);
        return task;
      },
  };
  refuseExtra(said);
  // The classes have every word and refuse at run time those that do not fit; the grammar has only the ones that do.
  return said as unknown as Words;
};

/** What a text holds; a text that is no JSON is refused as it stands. */
const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const everyOne = { word: "every", args: [] };
